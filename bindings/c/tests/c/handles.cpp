// The library as C++ programs use it: handles in smart pointers, views of strings, lambdas.

#include "check.h"

#include <memory>
#include <string>
#include <string_view>

namespace {

struct Free {
    void operator()(pgsluice_options *options) const { pgsluice_options_free(options); }
    void operator()(pgsluice_callbacks *callbacks) const { pgsluice_callbacks_free(callbacks); }
    void operator()(pgsluice_report *report) const { pgsluice_report_free(report); }
};

template <typename Handle> using Owned = std::unique_ptr<Handle, Free>;

std::string_view view(pgsluice_string string) { return {string.data, string.length}; }

void set(const Owned<pgsluice_options> &options, std::string_view name, std::string_view value)
{
    SUCCEEDS(pgsluice_options_set_string(options.get(), name.data(), name.size(), value.data(),
                                         value.size(), &error));
}

template <typename Job>
Owned<pgsluice_report> run(Job job, const Owned<pgsluice_options> &options,
                           const Owned<pgsluice_callbacks> &callbacks)
{
    pgsluice_report *report = nullptr;
    SUCCEEDS(job(options.get(), callbacks.get(), nullptr, &report, &error));
    return Owned<pgsluice_report>(report);
}

std::string dump()
{
    Owned<pgsluice_options> options(pgsluice_options_new());
    Owned<pgsluice_callbacks> callbacks(pgsluice_callbacks_new());
    std::string archive;
    set(options, "source", setting("SOURCE_URL"));
    // An empty view has no pointer: its text is empty all the same.
    set(options, "labels.nothing", std::string_view());
    auto append = [](const uint8_t *bytes, size_t length, void *userdata) {
        static_cast<std::string *>(userdata)->append(reinterpret_cast<const char *>(bytes),
                                                     length);
        return 0;
    };
    SUCCEEDS(pgsluice_callbacks_set_sink(callbacks.get(), append, &archive, &error));
    auto report = run(pgsluice_dump, options, callbacks);
    CHECK(view(pgsluice_report_json(report.get())).find("\"sha256\"") != std::string_view::npos);
    return archive;
}

void restore(std::string_view archive)
{
    Owned<pgsluice_options> options(pgsluice_options_new());
    Owned<pgsluice_callbacks> callbacks(pgsluice_callbacks_new());
    set(options, "target", setting("TARGET_URL"));
    auto give = [](uint8_t *buffer, size_t capacity, void *userdata) {
        auto rest = static_cast<std::string_view *>(userdata);
        auto length = rest->copy(reinterpret_cast<char *>(buffer), capacity);
        rest->remove_prefix(length);
        return static_cast<ptrdiff_t>(length);
    };
    SUCCEEDS(pgsluice_callbacks_set_source(callbacks.get(), give, &archive, &error));
    auto report = run(pgsluice_restore, options, callbacks);
    CHECK(report_integer(report.get(), "rows") > 0);
}

} // namespace

int main()
{
    restore(dump());
    return 0;
}
