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
  isNonNullType,
  isUnionType,
} from 'graphql';
import type { Operation } from './operations.ts';

export interface MergingOperation extends Operation {
  /** Is it free of everything that compiled code is known to handle differently? */
  readonly isPlain: boolean;
}

const MAX_LEVELS = 6;
const MAX_FIELDS = 60;
const MAX_SPREAD_AGAIN = 40;

interface Fragment {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** A field that may be repeated: fields with the same response name and arguments merge. */
interface Head {
  /** The response name. */
  readonly name: string;
  /** The field and its arguments. */
  readonly call: string;
  readonly field: GraphQLField<unknown, unknown>;
}

/**
 * Valid operations that repeat their selections: fields and fragments that merge, fragments in fragments, aliases,
 * directives, variables with and without defaults, values and null.
 * @param isPlain if true, all operations can be compiled; if false, they may contain what must not be compiled
 */
export function mergingOperationsOf(
  schema: GraphQLSchema,
  isPlain: boolean,
): fc.Arbitrary<MergingOperation> {
  return fc.gen().map((generate) => new Writer(schema, generate, isPlain).write());
}

class Writer {
  readonly #schema: GraphQLSchema;
  readonly #generate: fc.GeneratorValue;
  readonly #wantsPlain: boolean;
  readonly #heads = new Map<string, Head[]>();
  readonly #fragments: Fragment[] = [];
  readonly #definitions: string[] = [];
  readonly #declarations: string[] = [];
  readonly #variables: Record<string, unknown> = {};
  /** How often each response name is selected. */
  readonly #selected = new Map<string, number>();
  readonly #conditional = new Set<string>();
  #isPlain = true;
  #fields = 0;
  #names = 0;

  constructor(schema: GraphQLSchema, generate: fc.GeneratorValue, wantsPlain: boolean) {
    this.#schema = schema;
    this.#generate = generate;
    this.#wantsPlain = wantsPlain;
  }

  write(): MergingOperation {
    const query = this.#schema.getQueryType();
    if (!query) throw new Error('no query type');
    const { text } = this.#selections(query, 1);
    const declared = this.#declarations.length > 0 ? `(${this.#declarations.join(' ')})` : '';
    return {
      query: `query Generated${declared} ${text}\n${this.#definitions.join('\n')}`,
      variables: this.#variables,
      isPlain:
        this.#isPlain &&
        Array.from(this.#conditional).every((name) => this.#selected.get(name) === 1),
    };
  }

  #chance(percent: number): boolean {
    return this.#generate(fc.integer, { min: 0, max: 99 }) < percent;
  }

  #pick<T>(some: readonly T[]): T {
    return some[this.#generate(fc.nat, { max: some.length - 1 })] as T;
  }

  /** Decides by chance whether to write something that must not be compiled; never in a plain operation. */
  #hazard(percent: number): boolean {
    if (this.#wantsPlain || !this.#chance(percent)) return false;
    this.#isPlain = false;
    return true;
  }

  #selections(type: GraphQLCompositeType, level: number): { text: string; size: number } {
    const parts: { text: string; size: number }[] = [];
    const count = this.#generate(fc.integer, { min: 1, max: level < 3 ? 5 : 4 });
    for (let index = 0; index < count; index += 1) parts.push(this.#selection(type, level));
    if (isAbstractType(type)) {
      for (const possible of this.#schema.getPossibleTypes(type)) {
        if (!this.#chance(70)) continue;
        const { text, size } = this.#selections(possible, level);
        parts.push({ text: `... on ${possible.name}${this.#branchDirective()} ${text}`, size });
      }
    }
    return {
      text: `{ ${parts.map(({ text }) => text).join(' ')} }`,
      size: parts.reduce((sum, { size }) => sum + size, 0),
    };
  }

  #selection(type: GraphQLCompositeType, level: number): { text: string; size: number } {
    const again = this.#fragments.filter(
      (fragment) => fragment.type === type.name && fragment.size <= MAX_SPREAD_AGAIN,
    );
    if (again.length > 0 && this.#chance(35)) {
      const { name, size } = this.#pick(again);
      return { text: `...${name}${this.#branchDirective()}`, size };
    }
    if (level < MAX_LEVELS && this.#chance(12)) {
      const { text, size } = this.#selections(type, level + 1);
      const condition = this.#chance(50) ? ` on ${type.name}` : '';
      return { text: `...${condition}${this.#branchDirective()} ${text}`, size };
    }
    if (level < MAX_LEVELS && this.#chance(20)) {
      const { text, size } = this.#selections(type, level + 1);
      const name = `F${this.#fragments.length}`;
      this.#fragments.push({ name, type: type.name, size });
      this.#definitions.push(`fragment ${name} on ${type.name} ${text}`);
      return { text: `...${name}${this.#branchDirective()}`, size };
    }
    return this.#field(type, level);
  }

  #field(type: GraphQLCompositeType, level: number): { text: string; size: number } {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const usable = fields.filter(
      (field) =>
        !field.name.startsWith('_') &&
        (!isCompositeType(getNamedType(field.type)) ||
          (level < MAX_LEVELS && this.#fields < MAX_FIELDS)),
    );
    this.#fields += 1;
    const isLeaf = (field: GraphQLField<unknown, unknown>) =>
      !isCompositeType(getNamedType(field.type));
    if (usable.length === 0 || this.#chance(8)) return this.#leaf('__typename', '__typename');
    const known = (this.#heads.get(type.name) ?? []).filter(({ field }) => usable.includes(field));
    // Chance alone rarely produces deep operations.
    const composites = usable.filter((field) => !isLeaf(field));
    const { name, call, field } =
      known.length > 0 && this.#chance(50)
        ? this.#pick(known)
        : this.#head(
            type,
            this.#pick(composites.length > 0 && this.#chance(60) ? composites : usable),
          );
    if (isLeaf(field)) return this.#leaf(name, call);
    const directive = this.#branchDirective();
    const below = this.#selections(getNamedType(field.type) as GraphQLCompositeType, level + 1);
    this.#select(name);
    return { text: `${named(name, call)}${directive} ${below.text}`, size: below.size + 1 };
  }

  /** In a plain operation, a leaf with a condition gets a unique response name. */
  #leaf(name: string, call: string): { text: string; size: number } {
    const isConditional = this.#chance(20);
    this.#names += 1;
    const own = isConditional && (this.#wantsPlain || this.#chance(50)) ? `c${this.#names}` : name;
    this.#select(own);
    if (isConditional) this.#conditional.add(own);
    return { text: `${named(own, call)}${isConditional ? this.#directives() : ''}`, size: 1 };
  }

  #select(name: string): void {
    this.#selected.set(name, (this.#selected.get(name) ?? 0) + 1);
  }

  #head(type: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): Head {
    const args = field.args
      .filter((arg) => isNonNullType(arg.type) || this.#chance(40))
      .map((arg) => `${arg.name}: ${this.#value(arg)}`);
    this.#names += 1;
    const joint = this.#hazard(5) ? '_' : '';
    const hasAlias = args.length > 0 || joint !== '' || this.#chance(15);
    const head = {
      name: hasAlias ? `a${joint}${this.#names}` : field.name,
      call: `${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}`,
      field,
    };
    this.#heads.set(type.name, [...(this.#heads.get(type.name) ?? []), head]);
    return head;
  }

  #branchDirective(): string {
    return this.#hazard(12) ? this.#directives() : '';
  }

  #directives(): string {
    const names = this.#pick([['skip'], ['include'], ['skip', 'include']]);
    return names.map((name) => ` @${name}(if: ${this.#condition()})`).join('');
  }

  #condition(): string {
    if (this.#hazard(10)) {
      return this.#variable(
        'Boolean',
        [undefined, null, true, false],
        this.#pick(['true', 'false']),
      );
    }
    const value = this.#generate(fc.boolean);
    if (this.#chance(40)) return String(value);
    return this.#chance(50)
      ? this.#variable('Boolean!', [value])
      : this.#variable('Boolean!', [undefined, value], String(value));
  }

  #value({ type }: GraphQLArgument): string {
    const named = getNamedType(type).name;
    const one = () => this.#pick<unknown>(named === 'Boolean' ? [true, false] : TEXTS);
    const isList = isListType(getNullableType(type));
    const values = isList ? [[], [one()], [one(), one()], one()] : [one()];
    if (isList && this.#hazard(10)) {
      const item = this.#variable('String', [undefined, null, one()], JSON.stringify(one()));
      return `[${JSON.stringify(one())}, ${item}]`;
    }
    if (!isList && named === 'String' && this.#hazard(5)) return '"a__b"';
    const literal = () => JSON.stringify(this.#pick(values));
    if (this.#chance(40)) return literal();
    if (isNonNullType(type)) {
      return this.#chance(50)
        ? this.#variable(String(type), values)
        : this.#variable(String(getNullableType(type)), [undefined, null, ...values], literal());
    }
    return this.#chance(50)
      ? this.#variable(String(type), [undefined, null, ...values])
      : this.#variable(String(type), [undefined, null, ...values], literal());
  }

  /** @param values one of these is sent, or nothing if it is undefined */
  #variable(type: string, values: readonly unknown[], defaultValue?: string): string {
    const name = `v${this.#declarations.length}`;
    const given = defaultValue === undefined ? '' : ` = ${defaultValue}`;
    this.#declarations.push(`$${name}: ${type}${given}`);
    const value = this.#pick(values);
    if (value !== undefined) this.#variables[name] = value;
    return `$${name}`;
  }
}

/** `name: call`, or the call alone if the field has this name anyway. */
function named(name: string, call: string): string {
  return call === name ? call : `${name}: ${call}`;
}

const TEXTS = ['permission_1', 'permission_2', 'alias', 'Odd', 'Even', '', 'Zoë "\\ \n', 'null'];
