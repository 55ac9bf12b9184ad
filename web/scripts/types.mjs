// npm run types: src/api/generated.ts from schemas/openapi.json. `--check` only says whether it is fresh, and whether the
// hand-written names of src/api/types.ts that the map uses are all there.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const source = new URL('../../schemas/openapi.json', import.meta.url);
const target = new URL('../src/api/generated.ts', import.meta.url);
if (!existsSync(source)) {
  process.stderr.write('schemas/openapi.json is not there; the server writes it (cargo xtask bless), until then src/api/types.ts is written by hand\n');
  process.exit(1);
}
const { components } = JSON.parse(readFileSync(source, 'utf8'));
const schemas = components?.schemas ?? {};
/** The program's transfer types end in Dto where the model has the short name; the interface does not. */
const nameOf = (name) => name.replace(/Dto$/, '');
const key = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
const comment = (text, indent) => (text ? `${indent}/** ${text.replaceAll('*/', '* /').replace(/\s+/g, ' ')} */\n` : '');

function type(s, indent = '') {
  if (s === true || s === undefined) return 'unknown';
  if (s === false) return 'never';
  let text;
  if (s.$ref) text = nameOf(s.$ref.split('/').pop());
  else if (s.enum) text = s.enum.map((v) => JSON.stringify(v)).join(' | ');
  else if (s.const !== undefined) text = JSON.stringify(s.const);
  else if (s.oneOf || s.anyOf) text = (s.oneOf ?? s.anyOf).map((o) => type(o, indent)).join(' | ');
  else if (s.allOf) text = s.allOf.map((o) => type(o, indent)).join(' & ');
  else if (Array.isArray(s.type)) text = s.type.map((t) => type({ ...s, type: t }, indent)).join(' | ');
  else if (s.type === 'integer' || s.type === 'number') text = 'number';
  else if (s.type === 'string') text = 'string';
  else if (s.type === 'boolean') text = 'boolean';
  else if (s.type === 'null') text = 'null';
  else if (s.type === 'array') {
    const tuple = s.prefixItems ?? (Array.isArray(s.items) ? s.items : null);
    if (tuple) text = `[${tuple.map((i) => type(i, indent)).join(', ')}]`;
    else if (s.minItems !== undefined && s.minItems === s.maxItems && s.minItems <= 8) text = `[${Array.from({ length: s.minItems }, () => type(s.items, indent)).join(', ')}]`;
    else text = `(${type(s.items, indent)})[]`;
  } else if (s.properties || s.additionalProperties) text = object(s, indent);
  else text = s.type === 'object' ? 'Record<string, unknown>' : 'unknown';
  return s.nullable ? `(${text}) | null` : text;
}

function object(s, indent) {
  const inner = `${indent}  `;
  const required = new Set(s.required ?? []);
  const lines = Object.entries(s.properties ?? {}).map(([name, p]) => `${comment(p.description, inner)}${inner}${key(name)}${required.has(name) || p.nullable ? '' : '?'}: ${type(p, inner)};`);
  if (s.additionalProperties && typeof s.additionalProperties === 'object') lines.push(`${inner}[name: string]: ${type(s.additionalProperties, inner)};`);
  return `{\n${lines.join('\n')}\n${indent}}`;
}

const parts = Object.entries(schemas).sort(([a], [b]) => a.localeCompare(b)).map(([name, s]) => `${comment(s.description, '')}export type ${nameOf(name)} = ${type(s)};\n`);
const text = `// Written by \`npm run types\` from schemas/openapi.json; change the server's transfer types instead.\n\n${parts.join('\n')}`;
if (process.argv.includes('--check')) {
  const fresh = existsSync(target) && readFileSync(target, 'utf8') === text;
  if (!fresh) process.stderr.write('src/api/generated.ts is not fresh: npm run types\n');
  process.exit(fresh ? 0 : 1);
}
writeFileSync(target, text);
process.stdout.write(`${parts.length} types\n`);
