import {
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import type { RequestErrorCode } from '../../errors.ts';
import { requestError } from '../errors/request-error.ts';
import type { Limits } from '../settings.ts';

/** The size of an operation; a fragment counts wherever it is spread. */
interface Size {
  /** Fields, inline fragments and spreads. */
  readonly selections: number;
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
}

const NOTHING: Size = { selections: 0, depth: 0, aliases: 0, rootFields: 0, directives: 0 };

/**
 * The selections of all operations of a document; a fragment counts wherever it is spread.
 * Nested spreads multiply, up to `Infinity`, which exceeds every limit.
 */
export function countSelections(document: DocumentNode): number {
  const measure = createMeasure(document);
  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .reduce((sum, { selectionSet }) => sum + measure(selectionSet).selections, 0);
}

/** A validation rule that refuses documents that are too large. */
export function createSizeRule(limits: Limits) {
  return function DocumentSizeRule(context: ValidationContext): ASTVisitor {
    const measure = createMeasure(context.getDocument());

    function check(size: number, limit: number, code: RequestErrorCode, what: string) {
      if (size <= limit) return;
      const message = `The document has too many ${what} (the limit is ${limit}). Split it into several requests.`;
      context.reportError(requestError(code, message));
    }

    return {
      OperationDefinition(operation) {
        const size = measure(operation.selectionSet);
        const directives = size.directives + (operation.directives?.length ?? 0);
        check(size.depth, limits.depth, 'TOO_DEEP', 'levels of fields');
        check(size.aliases, limits.aliases, 'TOO_MANY_ALIASES', 'aliases');
        check(size.rootFields, limits.rootFields, 'TOO_MANY_ROOT_FIELDS', 'root fields');
        check(directives, limits.directives, 'TOO_MANY_DIRECTIVES', 'directives');
      },
      // Visits lists in fragments too.
      ListValue({ values }) {
        check(values.length, limits.listItems, 'LIST_TOO_LONG', 'items in a list');
      },
    };
  };
}

function createMeasure(document: DocumentNode): (selections: SelectionSetNode) => Size {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  // Each fragment is measured once, so that nested spreads do not take exponential time.
  const measured = new Map<string, Size>();

  function measureFragment(name: string): Size {
    const known = measured.get(name);
    if (known !== undefined) return known;
    // A fragment that spreads itself counts as nothing there; validation refuses it anyway.
    measured.set(name, NOTHING);
    const fragment = fragments.get(name);
    if (fragment === undefined) return NOTHING;
    const size = withDirectives(measure(fragment.selectionSet), fragment.directives);
    measured.set(name, size);
    return size;
  }

  function measure({ selections }: SelectionSetNode): Size {
    return selections.map(measureSelection).reduce(combine, NOTHING);
  }

  function measureSelection(selection: SelectionSetNode['selections'][number]): Size {
    const { directives } = selection;
    switch (selection.kind) {
      case Kind.FIELD: {
        const { name, alias, selectionSet } = selection;
        const below = selectionSet === undefined ? NOTHING : measure(selectionSet);
        const isIntrospection = name.value === '__schema' || name.value === '__type';
        const field = {
          ...below,
          selections: below.selections + 1,
          depth: isIntrospection ? 0 : below.depth + 1,
          aliases: below.aliases + (alias === undefined ? 0 : 1),
          rootFields: 1,
        };
        return withDirectives(field, directives);
      }
      case Kind.INLINE_FRAGMENT:
        return wrapped(measure(selection.selectionSet), directives);
      case Kind.FRAGMENT_SPREAD:
        return wrapped(measureFragment(selection.name.value), directives);
    }
  }

  return measure;
}

function wrapped(size: Size, directives: readonly unknown[] | undefined): Size {
  return { ...withDirectives(size, directives), selections: size.selections + 1 };
}

function withDirectives(size: Size, directives: readonly unknown[] = []): Size {
  return { ...size, directives: size.directives + directives.length };
}

function combine(a: Size, b: Size): Size {
  return {
    selections: a.selections + b.selections,
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    rootFields: a.rootFields + b.rootFields,
    directives: a.directives + b.directives,
  };
}
