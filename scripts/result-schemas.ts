import { globSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import ts from 'typescript';
import { PLUGIN_ROOT } from './load-plugin.ts';

const COMMANDS = join(PLUGIN_ROOT, 'src/commands');

/** JSON Schema, draft 7. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/**
 * The shape of what each command prints as `result` with `--json`, read from the types in the source. Keyed by the id of
 * the command, for example `reply:mailbox:list`.
 */
export function resultSchemas(): ReadonlyMap<string, Schema> {
  const files = globSync('reply/**/*.ts', { cwd: COMMANDS }).sort();
  const program = ts.createProgram(
    files.map((file) => join(COMMANDS, file)),
    { strict: true, exactOptionalPropertyTypes: true, target: ts.ScriptTarget.ES2024, types: [] },
    onlyOwnTypes(),
  );
  const checker = program.getTypeChecker();
  return new Map(
    files.map((file) => {
      const id = file.replace(/\.ts$/, '').split(sep).join(':');
      return [id, schemaOfResult(program.getSourceFile(join(COMMANDS, file))!, checker)];
    }),
  );
}

/** The types of results import nothing from packages, and reading those would take most of the time. */
function onlyOwnTypes(): ts.CompilerHost {
  const host = ts.createCompilerHost({});
  host.resolveModuleNameLiterals = (literals, containing) =>
    literals.map(({ text }) => ({
      resolvedModule:
        basename(text) === 'facade.ts'
          ? { resolvedFileName: join(dirname(containing), text), extension: ts.Extension.Ts }
          : undefined,
    }));
  return host;
}

function schemaOfResult(source: ts.SourceFile, checker: ts.TypeChecker): Schema {
  const command = source.statements.find(ts.isClassDeclaration);
  const result = command?.heritageClauses?.[0]?.types[0]?.typeArguments?.[0];
  if (result === undefined) throw new Error(`${source.fileName} does not say what its command results in`);
  const definitions = new Map<string, Schema>();
  const schema = schemaOf(checker.getTypeFromTypeNode(result), { checker, definitions });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...schema,
    definitions: Object.fromEntries([...definitions].sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}

interface Context {
  readonly checker: ts.TypeChecker;
  readonly definitions: Map<string, Schema>;
}

const PRIMITIVES: readonly (readonly [ts.TypeFlags, string])[] = [
  [ts.TypeFlags.String, 'string'],
  [ts.TypeFlags.Number, 'number'],
  [ts.TypeFlags.Boolean, 'boolean'],
  [ts.TypeFlags.Null, 'null'],
];

function schemaOf(type: ts.Type, context: Context): Schema {
  const primitive = PRIMITIVES.find(([flag]) => (type.flags & flag) !== 0);
  if (primitive !== undefined) return { type: primitive[1] };
  if (type.isStringLiteral()) return { type: 'string', const: type.value };
  if (type.isUnion()) return schemaOfUnion(type, context);
  if (context.checker.isArrayType(type)) {
    const [item] = context.checker.getTypeArguments(type as ts.TypeReference);
    return { type: 'array', items: schemaOf(item!, context) };
  }
  const values = type.getStringIndexType();
  if (values !== undefined) return { type: 'object', additionalProperties: schemaOf(values, context) };
  if ((type.flags & ts.TypeFlags.Object) !== 0) return schemaOfNamedObject(type, context);
  throw new Error(`No JSON Schema is known for the type ${context.checker.typeToString(type)}`);
}

function schemaOfUnion(union: ts.UnionType, context: Context): Schema {
  const present = union.types.filter(({ flags }) => (flags & ts.TypeFlags.Undefined) === 0);
  const literals = present.filter((type) => type.isStringLiteral());
  // The checker knows `boolean` as the union of its two values.
  const booleans = present.filter(({ flags }) => (flags & ts.TypeFlags.BooleanLiteral) !== 0);
  const others = present.filter((type) => !literals.includes(type as ts.StringLiteralType) && !booleans.includes(type));
  const schemas: Schema[] = [
    ...(booleans.length > 0 ? [{ type: 'boolean' }] : []),
    ...(literals.length > 0 ? [{ type: 'string', enum: literals.map(({ value }) => value).sort() }] : []),
    ...others.map((type) => schemaOf(type, context)),
  ];
  if (schemas.length === 1) return schemas[0]!;
  const plain = schemas.every((schema) => typeof schema['type'] === 'string' && Object.keys(schema).length === 1);
  return plain ? { type: schemas.map((schema) => schema['type']) } : { anyOf: schemas };
}

function schemaOfNamedObject(type: ts.Type, context: Context): Schema {
  const name = type.getSymbol()?.name;
  if (name === undefined || name.startsWith('__')) return schemaOfObject(type, context);
  if (!context.definitions.has(name)) {
    context.definitions.set(name, {});
    context.definitions.set(name, schemaOfObject(type, context));
  }
  return { $ref: `#/definitions/${name}` };
}

function schemaOfObject(type: ts.Type, context: Context): Schema {
  const properties = type.getProperties();
  const isOptional = ({ flags }: ts.Symbol): boolean => (flags & ts.SymbolFlags.Optional) !== 0;
  return {
    type: 'object',
    properties: Object.fromEntries(properties.map((property) => [property.name, schemaOfProperty(property, context)])),
    required: properties.filter((property) => !isOptional(property)).map(({ name }) => name),
    additionalProperties: false,
  };
}

function schemaOfProperty(property: ts.Symbol, context: Context): Schema {
  const description = ts.displayPartsToString(property.getDocumentationComment(context.checker));
  const schema = schemaOf(context.checker.getTypeOfSymbol(property), context);
  return description === '' ? schema : { ...schema, description };
}
