import { Option } from 'commander';
import { OUTPUT_FORMATS } from './output-format.ts';

/** `-o`, the same for every list. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'how to print').choices([...OUTPUT_FORMATS]).default('table');
}
