/** A node of Babel's tree (https://github.com/babel/babel/blob/main/packages/babel-parser/ast/spec.md). */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: any;
}

/** Replaces this part of the source. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly after: string;
}

type Mutator = (node: Node, source: string) => readonly Change[];

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '**': ['*'],
  '&&': ['||'],
  '||': ['&&'],
  '+=': ['-='],
  '-=': ['+='],
  '??=': ['='],
  '||=': ['='],
};

/** Methods that filter, sort or transform what they are called on. */
const DROPPED = new Set(
  'filter flat map slice sort reverse trim toLowerCase toUpperCase replace replaceAll'.split(' '),
);
const EXCHANGED: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  push: 'unshift',
  unshift: 'push',
  pop: 'shift',
  shift: 'pop',
  floor: 'ceil',
  ceil: 'floor',
  round: 'floor',
};

const isText = ({ type }: Node) => type === 'StringLiteral' || type === 'TemplateLiteral';
const replaceNode = ({ start, end }: Node, after: string): Change => ({ start, end, after });
/** In parentheses, because an operator around it may have a higher precedence. */
const keep = (node: Node, kept: Node, source: string) =>
  replaceNode(node, `(${source.slice(kept.start, kept.end)})`);
const remove = (node: Node) => [replaceNode(node, ';')];

/** Finds the operator between its operands, which no comments separate. */
function exchangeOperator(node: Node, left: Node, right: Node, source: string): Change[] {
  const start = source.indexOf(node['operator'], left.end);
  if (start >= right.start) return [];
  const end = start + node['operator'].length;
  return (OPERATORS[node['operator']] ?? []).map((after) => ({ start, end, after }));
}

/** Removes an item and its comma. */
function removeItem(items: readonly Node[], index: number): Change {
  const [item, next, last] = [items[index] as Node, items[index + 1], items[index - 1]];
  if (next) return { start: item.start, end: next.start, after: '' };
  return { start: last ? last.end : item.start, end: item.end, after: '' };
}

const removeLastArgument: Mutator = ({ arguments: items }) => {
  const last: Node | undefined = items.at(-1);
  return last && !isText(last) ? [removeItem(items, items.length - 1)] : [];
};

const branches: Mutator = (node) => [
  replaceNode(node['test'], 'true'),
  replaceNode(node['test'], 'false'),
];
const neverEnter: Mutator = ({ test }) => (test ? [replaceNode(test, 'false')] : []);

const optional: Mutator = (node, source) => {
  if (!node['optional']) return [];
  const start = source.indexOf('?.', (node['object'] ?? node['callee']).end);
  const isDotted = node.type === 'OptionalMemberExpression' && !node['computed'];
  return [{ start, end: start + 2, after: isDotted ? '.' : '' }];
};

const method: Mutator = ({ callee, start, end }, source) => {
  const { property, object } = callee;
  if (property?.type !== 'Identifier' || callee.computed) return [];
  const other = EXCHANGED[property.name];
  return [
    ...(other ? [replaceNode(property, other)] : []),
    ...(DROPPED.has(property.name)
      ? [{ start, end, after: source.slice(object.start, object.end) }]
      : []),
  ];
};

/** The mutations of each type of node. Texts, messages and descriptions are left alone. */
export const mutators: Readonly<Record<string, Mutator>> = {
  BinaryExpression: (node, source) =>
    node['operator'] === '+' && (isText(node['left']) || isText(node['right']))
      ? []
      : exchangeOperator(node, node['left'], node['right'], source),
  LogicalExpression: (node, source) => [
    ...exchangeOperator(node, node['left'], node['right'], source),
    keep(node, node['left'], source),
    keep(node, node['right'], source),
  ],
  AssignmentExpression: (node, source) =>
    exchangeOperator(node, node['left'], node['right'], source),
  ConditionalExpression: (node, source) => [
    keep(node, node['consequent'], source),
    keep(node, node['alternate'], source),
  ],
  UnaryExpression: (node, source) =>
    ['!', '-'].includes(node['operator']) ? [keep(node, node['argument'], source)] : [],
  UpdateExpression: ({ operator, prefix, start, end }) => {
    const at = prefix ? start : end - 2;
    return [{ start: at, end: at + 2, after: operator === '++' ? '--' : '++' }];
  },
  BooleanLiteral: (node) => [replaceNode(node, String(!node['value']))],
  NumericLiteral: (node) => [replaceNode(node, String(node['value'] * 2 || 1))],
  RegExpLiteral: ({ start, end, pattern, flags }) =>
    [
      `/${pattern.replace(/^\^/, '')}/${flags}`,
      `/${pattern.replace(/\$$/, '')}/${flags}`,
      `/${pattern}/`,
    ].map((after) => ({ start, end, after })),
  TemplateLiteral: ({ quasis, expressions }) =>
    // A template with words is a message.
    quasis.some(({ value }: Node) => /[a-z] [a-z]/i.test(value.raw))
      ? []
      : expressions.map(({ start, end }: Node) => ({ start: start - 2, end: end + 1, after: '' })),
  IfStatement: branches,
  WhileStatement: neverEnter,
  ForStatement: neverEnter,
  OptionalMemberExpression: optional,
  OptionalCallExpression: (node, source) => [
    ...optional(node, source),
    ...removeLastArgument(node, source),
  ],
  CallExpression: (node, source) => [...method(node, source), ...removeLastArgument(node, source)],
  NewExpression: removeLastArgument,
  ObjectExpression: ({ properties }, source) =>
    properties.flatMap((property: Node, index: number) => {
      if (property['key']?.name === 'description') return [];
      const next: Node | undefined = properties[index + 1];
      const isOrdered = next && [property.type, next.type].includes('SpreadElement');
      const [first, second] = [property, next ?? property].map(({ start, end }) =>
        source.slice(start, end),
      );
      return [
        removeItem(properties, index),
        ...(isOrdered
          ? [{ start: property.start, end: next.end, after: `${second}, ${first}` }]
          : []),
      ];
    }),
  ArrayExpression: ({ elements }) =>
    elements.map((_element: Node, index: number) => removeItem(elements, index)),
  AwaitExpression: (node, source) => [keep(node, node['argument'], source)],
  ExpressionStatement: remove,
  ThrowStatement: remove,
  BreakStatement: remove,
  ContinueStatement: remove,
  ReturnStatement: (node) => (node['argument'] ? [] : remove(node)),
};
