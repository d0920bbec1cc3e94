/** What shapes an embedded server besides its place. */
export interface ServerShape {
  readonly port: number;
  /** False: data may be lost when the machine stops, though not when the server is killed; for tests. */
  readonly durable: boolean;
  readonly maxConnections: number;
  /** Loads pg_stat_statements. */
  readonly statementStatistics: boolean;
}

/** Settings go on the command line, so that a data folder of an older version never carries outdated ones. */
export function serverFlags(data: string, shape: ServerShape): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port: shape.port,
    // A socket would need a folder with a short path that both users can enter; TCP needs nothing.
    unix_socket_directories: '',
    max_connections: shape.maxConnections,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Errors of statements reach their callers; the log is for the server's own life, which keeps it small.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    // Parallel queries and compiled plans do not pay for short statements, and need shared memory that containers lack.
    max_parallel_workers_per_gather: 0,
    jit: 'off',
    io_method: 'sync',
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_logical_replication_workers: 0,
    ...(shape.durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    ...(shape.statementStatistics ? { shared_preload_libraries: 'pg_stat_statements' } : {}),
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
