/** Gantry puts these files into the bundle of a DAG file as text. */
declare module '*.csv' {
  const text: string;
  export default text;
}
