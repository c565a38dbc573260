import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const MAX_LEVELS = 7;
const MAX_FIELDS = 5;
const MAX_ALIASES = 25;
const MAX_DIRECTIVES = 15;

/** Valid operations of the schema, within the limits: fields, arguments, aliases, fragments, directives, variables. */
export function operationsOf(schema: GraphQLSchema): fc.Arbitrary<Operation> {
  return fc.gen().map((generate) => new Writer(schema, generate).write());
}

class Writer {
  readonly #schema: GraphQLSchema;
  readonly #generate: fc.GeneratorValue;
  readonly #fragments: string[] = [];
  readonly #declarations: string[] = [];
  readonly #variables: Record<string, unknown> = {};
  #aliases = 0;
  #directives = 0;

  constructor(schema: GraphQLSchema, generate: fc.GeneratorValue) {
    this.#schema = schema;
    this.#generate = generate;
  }

  write(): Operation {
    const query = this.#schema.getQueryType();
    if (!query) throw new Error('no query type');
    const selections = this.#selections(query, 1);
    const declared = this.#declarations.length > 0 ? `(${this.#declarations.join(' ')})` : '';
    return {
      query: `query Generated${declared} ${selections}\n${this.#fragments.join('\n')}`,
      variables: this.#variables,
    };
  }

  #chance(percent: number): boolean {
    return this.#generate(fc.integer, { min: 0, max: 99 }) < percent;
  }

  #selections(type: GraphQLCompositeType, level: number): string {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const usable = fields
      .filter((field) => level < MAX_LEVELS || !isCompositeType(getNamedType(field.type)))
      .map(({ name }) => name);
    const maxLength = Math.min(MAX_FIELDS, usable.length);
    const names = this.#generate(fc.subarray, usable, { maxLength });
    const chosen = fields.filter(({ name }) => names.includes(name));
    const parts = chosen.map((field) => this.#fragmented(type, this.#field(field, level)));
    if (parts.length === 0 || this.#chance(20)) parts.push('__typename');
    if (isAbstractType(type) && this.#chance(70)) {
      for (const possible of this.#schema.getPossibleTypes(type)) {
        parts.push(`... on ${possible.name} ${this.#selections(possible, level)}`);
      }
    }
    return `{ ${parts.join(' ')} }`;
  }

  #field(field: GraphQLField<unknown, unknown>, level: number): string {
    const args = field.args
      .filter((arg) => isRequiredArgument(arg) || this.#chance(50))
      .map((arg) => `${arg.name}: ${this.#value(arg)}`);
    const hasAlias = args.length > 0 || (this.#chance(15) && this.#aliases < MAX_ALIASES);
    // Fields with different arguments must not share a response name.
    if (args.length > 0 && this.#aliases >= MAX_ALIASES) return '__typename';
    const alias = hasAlias ? `a${++this.#aliases}: ` : '';
    const type = getNamedType(field.type);
    return [
      `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}`,
      this.#directive(),
      isCompositeType(type) ? this.#selections(type, level + 1) : '',
    ].join(' ');
  }

  #fragmented(type: GraphQLCompositeType, selection: string): string {
    if (this.#chance(10)) return `... ${this.#directive()} { ${selection} }`;
    if (this.#chance(10)) return `... on ${type.name} { ${selection} }`;
    if (!this.#chance(10)) return selection;
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${type.name} { ${selection} }`);
    return `...${name} ${this.#directive()}`;
  }

  #directive(): string {
    if (!this.#chance(10) || this.#directives >= MAX_DIRECTIVES) return '';
    this.#directives += 1;
    const condition = this.#generate(fc.boolean);
    const value = this.#chance(50) ? this.#variable('Boolean!', condition) : String(condition);
    return this.#chance(50) ? `@include(if: ${value})` : `@skip(if: ${value})`;
  }

  #value({ type }: GraphQLArgument): string {
    const value = isListType(getNullableType(type))
      ? this.#generate(someTexts)
      : getNamedType(type).name === 'Boolean'
        ? this.#generate(fc.boolean)
        : this.#generate(someText);
    return this.#chance(50) ? this.#variable(String(type), value) : JSON.stringify(value);
  }

  #variable(type: string, value: unknown): string {
    const name = `v${this.#declarations.length}`;
    this.#declarations.push(`$${name}: ${type}`);
    this.#variables[name] = value;
    return `$${name}`;
  }
}

const text = fc.oneof(
  fc.constantFrom('dashboards_write', 'billing_read', 'Dashboards'),
  fc.string(),
);
const texts = fc.array(text, { maxLength: 4 });
const someText = () => text;
const someTexts = () => texts;
