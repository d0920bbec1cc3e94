import { fileURLToPath } from 'node:url';

/** Where the build puts the web page: beside the compiled rooms. */
export const PAGE_FOLDER: string = fileURLToPath(new URL('../page', import.meta.url));
