/*
 * An archive in memory: a sink that keeps it and a source that gives it out.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include "check.h"

struct memory {
    uint8_t *bytes;
    size_t length;
    size_t capacity;
    /* How far it has been given out, and how much at a time. */
    size_t given;
    size_t step;
};

static inline int memory_keep(const uint8_t *bytes, size_t length, void *userdata)
{
    struct memory *memory = (struct memory *)userdata;
    CHECK(length > 0);
    if (memory->capacity - memory->length < length) {
        memory->capacity = (memory->capacity + length) * 2;
        memory->bytes = (uint8_t *)realloc(memory->bytes, memory->capacity);
        CHECK(memory->bytes != NULL);
    }
    memcpy(memory->bytes + memory->length, bytes, length);
    memory->length += length;
    return 0;
}

static inline ptrdiff_t memory_give(uint8_t *buffer, size_t capacity, void *userdata)
{
    struct memory *memory = (struct memory *)userdata;
    size_t length = memory->length - memory->given;
    CHECK(capacity > 0);
    if (length > memory->step) {
        length = memory->step;
    }
    if (length > capacity) {
        length = capacity;
    }
    memcpy(buffer, memory->bytes + memory->given, length);
    memory->given += length;
    return (ptrdiff_t)length;
}

static inline pgsluice_callbacks *sink_to(struct memory *memory)
{
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    SUCCEEDS(pgsluice_callbacks_set_sink(callbacks, memory_keep, memory, &error));
    return callbacks;
}

static inline pgsluice_callbacks *source_from(struct memory *memory, size_t step)
{
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    memory->given = 0;
    memory->step = step;
    SUCCEEDS(pgsluice_callbacks_set_source(callbacks, memory_give, memory, &error));
    return callbacks;
}

#endif
