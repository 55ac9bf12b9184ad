import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error plain script without types
import { startMock } from '../mock/server.mjs';

type Schema = { $ref?: string; type?: string; required?: string[]; properties?: Record<string, Schema>; items?: Schema; nullable?: boolean; enum?: unknown[]; oneOf?: Schema[]; anyOf?: Schema[]; allOf?: Schema[] };
const openapi = JSON.parse(readFileSync(new URL('../../schemas/openapi.json', import.meta.url), 'utf8')) as {
  components: { schemas: Record<string, Schema> };
  paths: Record<string, { get: { responses: Record<string, { content: Record<string, { schema: Schema }> }> } }>;
};

/** What of `value` is not as the schema says; the first few are enough. */
function faults(value: unknown, schema: Schema, at: string): string[] {
  const own = schema.$ref ? openapi.components.schemas[schema.$ref.split('/').at(-1)!]! : schema;
  if (value === null || value === undefined) return own.nullable || schema.nullable ? [] : [`${at}: nothing`];
  const ways = own.oneOf ?? own.anyOf;
  if (ways) return ways.some((way) => faults(value, way, at).length === 0) ? [] : [`${at}: none of the forms`];
  for (const part of own.allOf ?? []) {
    const wrong = faults(value, part, at);
    if (wrong.length) return wrong;
  }
  if (own.enum && !own.enum.includes(value)) return [`${at}: ${JSON.stringify(value)} is none of the words`];
  const is = Array.isArray(value) ? 'array' : typeof value;
  if (own.type && is !== (own.type === 'integer' ? 'number' : own.type)) return [`${at}: ${is}, not ${own.type}`];
  if (Array.isArray(value)) return own.items ? value.slice(0, 50).flatMap((item, i) => faults(item, own.items!, `${at}[${i}]`)).slice(0, 5) : [];
  if (is !== 'object') return [];
  const fields = value as Record<string, unknown>;
  return [
    ...(own.required ?? []).filter((name) => !(name in fields)).map((name) => `${at}.${name}: missing`),
    ...Object.entries(own.properties ?? {}).filter(([name]) => fields[name] !== undefined && fields[name] !== null).flatMap(([name, property]) => faults(fields[name], property, `${at}.${name}`)),
  ].slice(0, 12);
}

// The browser's steps are only worth something while the made-up server answers as the real one does.
describe('the made-up server answers as the API is described', () => {
  let mock: { url: string; close(): Promise<void> };
  const get = async (path: string) => (await fetch(new URL(path, mock.url))).json() as Promise<Record<string, never>>;
  const fits = (path: string, value: unknown) => expect(faults(value, openapi.paths[path]!.get.responses['200']!.content['application/json']!.schema, path)).toEqual([]);
  beforeAll(async () => {
    mock = await startMock({ port: 0, start: 30 });
  });
  afterAll(() => mock.close());

  it.each(['/api/v1/status', '/api/v1/sensors', '/api/v1/entries', '/api/v1/incidents', '/api/v1/groups', '/api/v1/claims', '/api/v1/reports', '/api/v1/counts', '/api/v1/tracks', '/api/v1/gnss'])('%s', async (path) => fits(path, await get(path)));
  it('each track', async () => {
    const { tracks } = (await get('/api/v1/tracks')) as unknown as { tracks: { id: string }[] };
    expect(tracks.length).toBeGreaterThan(50);
    for (const track of tracks) fits('/api/v1/tracks/{key}', await get(`/api/v1/tracks/${track.id}`));
  });
});
