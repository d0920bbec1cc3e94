/** What POST /connections/defaults makes: ids that Airflow's users know, without any secret. */
export const DEFAULT_CONNECTIONS = [
  { connection_id: 'aws_default', conn_type: 'aws' },
  { connection_id: 'azure_default', conn_type: 'azure' },
  { connection_id: 'fs_default', conn_type: 'fs', extra: '{"path": "/"}' },
  { connection_id: 'google_cloud_default', conn_type: 'google_cloud_platform' },
  { connection_id: 'http_default', conn_type: 'http', host: 'https://www.httpbin.org/' },
  { connection_id: 'kafka_default', conn_type: 'kafka', extra: '{"bootstrap.servers": "broker:29092"}' },
  { connection_id: 'kubernetes_default', conn_type: 'kubernetes' },
  { connection_id: 'mongo_default', conn_type: 'mongo', host: 'mongo', port: 27017 },
  { connection_id: 'mysql_default', conn_type: 'mysql', host: 'mysql', login: 'root', schema: 'airflow' },
  { connection_id: 'postgres_default', conn_type: 'postgres', host: 'postgres', login: 'postgres', schema: 'airflow' },
  { connection_id: 'redis_default', conn_type: 'redis', host: 'redis', port: 6379, extra: '{"db": 0}' },
  { connection_id: 'sftp_default', conn_type: 'sftp', host: 'localhost', port: 22, login: 'airflow' },
  { connection_id: 'ssh_default', conn_type: 'ssh', host: 'localhost' },
] as const;
