// Reads an AsyncAPI document from standard input and writes what the parser finds wrong with it, as JSON.
import { text } from 'node:stream/consumers';
import { Parser } from '@asyncapi/parser';

const { diagnostics } = await new Parser().parse(await text(process.stdin));
const wrong = diagnostics.filter(({ severity }) => severity <= 1); // errors and warnings
console.log(JSON.stringify(wrong.map(({ path, message }) => `${path.join('.')}: ${message}`)));
