/** Options of `[dag_processor]`, and what it needs of `[core]`. */
export interface ProcessorOptions {
  /** Between two looks at the folder; 5. */
  readonly refreshIntervalSeconds: number;
  /** A file that takes longer to load has an import error; 30. */
  readonly timeoutSeconds: number;
  /** A file that needs more has an import error; 512. */
  readonly memoryLimitMebibytes: number;
  /** Files loaded side by side; 2. */
  readonly parsingProcesses: number;
  /** For DAGs that do not say it themselves; true, as in Airflow. */
  readonly dagsArePausedAtCreation: boolean;
  /** For the processes that load files; Gantry's own options are taken out. */
  readonly environment: NodeJS.ProcessEnv;
  /** Where files lie while they are loaded; the system's folder for such things when left out. */
  readonly scratchFolder?: string;
}

export const DEFAULT_PROCESSOR_OPTIONS: ProcessorOptions = {
  refreshIntervalSeconds: 5,
  timeoutSeconds: 30,
  memoryLimitMebibytes: 512,
  parsingProcesses: 2,
  dagsArePausedAtCreation: true,
  environment: {},
};
