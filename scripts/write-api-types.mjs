// Writes the OpenAPI document of the REST API, and the types that the web page knows it by, from the routes' schemas.
// test/docs fails while they are stale.
import { writeFilesOf } from './write-files.mjs';

await writeFilesOf('test/docs/api-types.ts', 'apiFiles');
