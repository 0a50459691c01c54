// Make every choice between objects one that `type` decides.
//
// TypeScript says "this or that" in three ways that a checker cannot tell a person about: branches
// that take anything, branches of the same `type` that differ in a field, and choices of choices.

/** Rewrite each `anyOf` so that its branches are objects of different `type`s, or go. */
export function mergeVariants(value, { at, definitions }) {
  if (Array.isArray(value)) {
    return value.map((one, index) => mergeVariants(one, { at: `${at}/${index}`, definitions }));
  }
  if (value === null || typeof value !== 'object') return value;
  const inner = Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      mergeVariants(one, { at: `${at}/${key}`, definitions }),
    ]),
  );
  return inner.anyOf ? withoutVariants(inner, { at, definitions }) : inner;
}

function withoutVariants({ anyOf, ...beside }, { at, definitions }) {
  const branches = anyOf.filter((one) => !isOpen(one));
  if (branches.length === 1) return { ...branches[0], ...beside };
  const targets = branches.map((one) => (one.$ref ? definitions[one.$ref.split('/').pop()] : one));
  if (branches.every((one) => one.$ref) && targets.every(isToldByType)) {
    return { ...beside, anyOf: branches };
  }
  if (targets.every((one) => one.type === 'object')) return { ...beside, ...merged(targets) };
  throw new Error(`${at}: a choice that is not understood`);
}

/** Say whether `type` names what a definition, or each branch of it, is. */
function isToldByType(definition) {
  return definition.anyOf ? true : Boolean(definition.properties?.type?.const);
}

/** Say whether a branch takes any object: a bare record, or the base of all blocks. */
function isOpen(branch) {
  return branch.$ref === '#/$defs/Block' || (branch.type === 'object' && !branch.properties);
}

/** Make one object of several that differ in a field: exactly one of those fields must be there. */
function merged(branches) {
  const required = branches.map((one) => one.required ?? []);
  const common = required[0].filter((name) => required.every((names) => names.includes(name)));
  const own = required.map((names) => names.filter((name) => !common.includes(name)));
  const properties = {};
  for (const branch of branches) {
    for (const [name, schema] of Object.entries(branch.properties)) {
      properties[name] = properties[name] ? either(properties[name], schema) : schema;
    }
  }
  const choice = own.every((names) => names.length) ? { oneOf: own.map((names) => ({ required: names })) } : {};
  return { type: 'object', additionalProperties: false, properties, required: common, ...choice };
}

function either(one, other) {
  return JSON.stringify(one) === JSON.stringify(other) ? one : { anyOf: [one, other] };
}
