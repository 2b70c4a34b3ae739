// Written by napi from the Rust sources.

/** Starts jobs for one JavaScript environment: the main thread's, or a worker thread's. */
export declare class Engine {
  /** To be made once in an environment. Jobs that still run when it goes are cancelled. */
  constructor()
  /** Cancels all jobs, and waits some seconds for them to take back what they have stored. */
  end(): void
  /** Starts a dump; to `output` if the target is `-`. */
  dump(request: Request, output?: Output | undefined | null): Job
  /** Starts a restore; from `input` if the archive is `-`. */
  restore(request: Request, input?: Input | undefined | null): Job
  /** Starts a verification. */
  verify(request: Request): Job
  /** Starts a listing; of `input` if the archive is `-`. */
  list(request: Request, input?: Input | undefined | null): Job
  /** Starts to read a manifest. */
  readManifest(request: Request): Job
}

/** A pipe from JavaScript to a job that reads an archive. */
export declare class Input {
  /** An empty pipe, for one job. */
  constructor()
  /** Waits for room and puts bytes there. `false`: the job wants no more. */
  write(chunk: Buffer): Promise<boolean>
  /** Ends the archive, or says why it breaks off. */
  end(failure?: string | undefined | null): void
}

/** A job that was started. It goes on whether anybody waits for it or not. */
export declare class Job {
  /** Asks the job to stop. It ends after it has taken back what it had stored. */
  cancel(): void
  /** The counters, as JSON. */
  progress(): string
  /** Waits for the end: `{"report": …}` or `{"error": …}` as JSON. To be called once. */
  ended(): Promise<string>
}

/** A pipe from a dump to JavaScript. It holds 1 MiB at most. */
export declare class Output {
  /** An empty pipe, for one dump. */
  constructor()
  /** Waits for the next bytes. `null`: there are no more, and the job says whether all came. */
  next(): Promise<Buffer | null>
}

/** Options of a job, and what completes them. */
export interface Request {
  /** The options, as a JSON object. */
  options: string
  /**
   * The variables of the environment: `process.env`, which in a worker thread is not
   * the environment of the process.
   */
  variables: Record<string, string>
  /** The user's home directory. */
  home?: string
}

/** The release of pgsluice that this is a part of. */
export declare function version(): string
