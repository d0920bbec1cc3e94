/** A path of the REST API with its parts escaped: apiPath`dags/${dagId}/dagRuns`. */
export function apiPath(texts: TemplateStringsArray, ...parts: readonly (string | number)[]): string {
  return texts.reduce(
    (path, text, place) => path + text + (place < parts.length ? encodeURIComponent(String(parts[place])) : ''),
    '/api/v2/',
  );
}
