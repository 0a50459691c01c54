// Writing a schema down so that a refresh shows as few changes as there are.

import { readFileSync, writeFileSync } from 'node:fs';

/** Give the version of an installed package. */
export function versionOf(folder) {
  return JSON.parse(readFileSync(new URL('package.json', folder))).version;
}

/** Write a schema with its keys in order. */
export function writeSchema(target, schema) {
  writeFileSync(target, `${JSON.stringify(sorted(schema), null, 2)}\n`);
}

/** Drop texts, and name definitions as current JSON Schema does. */
export function tidy(value) {
  if (Array.isArray(value)) return value.map(tidy);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key, one]) => key !== 'description' || typeof one !== 'string');
  return Object.fromEntries(
    kept.map(([key, one]) => [key, key === '$ref' ? one.replace('#/definitions/', '#/$defs/') : tidy(one)]),
  );
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}
