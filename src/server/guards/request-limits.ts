import { type DocumentNode, GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { requestError } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';
import type { Limits } from '../settings.ts';
import { countSelections, createSizeRule } from './document-size.ts';

/** Refuses requests that exceed a limit; each limit has its own code. */
export function createLimits(limits: Limits): ServerPlugin {
  const sizeRule = createSizeRule(limits);
  /** Cached documents that were already checked. */
  const checked = new WeakSet<DocumentNode>();

  function checkSelections(document: DocumentNode): void {
    if (checked.has(document)) return;
    if (countSelections(document) > limits.selections) {
      throw requestError(
        'TOO_MANY_SELECTIONS',
        `The document selects more than ${limits.selections} fields, with fragments expanded. Split it into several requests.`,
      );
    }
    checked.add(document);
  }

  return {
    onRequestParse() {
      return {
        onRequestParseDone({ requestParserResult: params }) {
          if (Array.isArray(params)) checkBatch(params.length, limits.batch);
          for (const each of [params].flat()) checkVariables(each?.variables, limits.listItems);
        },
      };
    },
    onParse({ params: { source } }) {
      // Not in a parse function, whose errors Yoga treats as syntax errors.
      checkTokens(source.toString(), limits.tokens);
      // Before anything else walks the document, because some walks visit a fragment once per spread.
      return ({ result }: { readonly result: DocumentNode | Error | null }) => {
        if (result && !(result instanceof Error)) checkSelections(result);
      };
    },
    onValidate({ addValidationRule }) {
      addValidationRule(sizeRule);
    },
  };
}

function checkBatch(operations: number, limit: number): void {
  if (operations <= limit) return;
  throw requestError(
    'BATCH_TOO_LARGE',
    limit === 0
      ? 'This server accepts one operation per request.'
      : `This server accepts at most ${limit} operations per request.`,
  );
}

function checkVariables(variables: GraphQLParams['variables'], limit: number): void {
  const values: unknown[] = [variables];
  // Without recursion, because JSON can nest arbitrarily deep.
  for (let value = values.pop(); value !== undefined; value = values.pop()) {
    if (Array.isArray(value) && value.length > limit) {
      throw requestError(
        'LIST_TOO_LONG',
        `A variable contains a list of more than ${limit} items. Split it over several requests.`,
      );
    }
    if (typeof value === 'object' && value !== null) {
      for (const child of Object.values(value)) if (child !== undefined) values.push(child);
    }
  }
}

/** Counts before parsing. graphql-js has a token limit too, but reports it as a syntax error. */
function checkTokens(document: string, limit: number): void {
  // Every token has at least one character.
  if (document.length <= limit) return;
  if (countTokens(document, limit) <= limit) return;
  throw requestError(
    'TOO_MANY_TOKENS',
    `The document has more than ${limit} tokens or lines. Shorten it, or split it into several requests.`,
  );
}

/**
 * The number of tokens or lines, whichever is greater: to locate each error, graphql-js counts the lines before it.
 * Stops past the limit, and at an invalid token, which the parser reports.
 */
function countTokens(document: string, limit: number): number {
  const lexer = new Lexer(new Source(document));
  let tokens = 0;
  try {
    while (tokens <= limit && lexer.advance().kind !== TokenKind.EOF) tokens += 1;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  return Math.max(tokens, lexer.line);
}
