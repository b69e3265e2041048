// What an answer must look like: a value is compared, a function decides, an object names members that must be there
// (others may be), an array of one shape stands for any number of such elements, at least one.

export const isText = (value) => typeof value === "string";
export const isNumber = (value) => typeof value === "number";
export const isCount = (value) => Number.isInteger(value) && value >= 0;
export const isTruth = (value) => typeof value === "boolean";
export const isPositive = (value) => isNumber(value) && value > 0;
export const isTime = (value) => isText(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/.test(value);
export const isAbsent = (value) => value === undefined;
export const isEmpty = (value) => Array.isArray(value) && value.length === 0;

/** The first place where a value has not the shape, or null. */
export function mismatch(shape, value, place = "") {
  if (typeof shape === "function") return shape(value) ? null : `${place}: ${JSON.stringify(value)} is not ${shape.name}`;
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return `${place}: no array`;
    if (shape.length !== 1) return JSON.stringify(shape) === JSON.stringify(value) ? null : `${place}: ${JSON.stringify(value)}`;
    if (!value.length) return `${place}: empty`;
    return first(value.map((each, index) => mismatch(shape[0], each, `${place}[${index}]`)));
  }
  if (shape !== null && typeof shape === "object") {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return `${place}: no object`;
    return first(Object.entries(shape).map(([name, each]) => mismatch(each, value[name], `${place}.${name}`)));
  }
  return shape === value ? null : `${place}: ${JSON.stringify(value)} is not ${JSON.stringify(shape)}`;
}

/** What a value is made of, in one line: members with their types. */
export function describe(value, depth = 3) {
  if (Array.isArray(value)) return value.length ? `[${value.length > 1 ? `${value.length} x ` : ""}${describe(value[0], depth)}]` : "[]";
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  if (!depth) return "{..}";
  return `{${Object.entries(value).map(([name, each]) => `${name}: ${describe(each, depth - 1)}`).join(", ")}}`;
}

const first = (mismatches) => mismatches.find((each) => each !== null) ?? null;
