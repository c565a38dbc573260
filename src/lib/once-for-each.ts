/** Memoizes the function by its argument's identity, for as long as the argument lives. The argument must not change. */
export function onceForEach<Argument extends object, Result>(
  evaluate: (argument: Argument) => Result,
): (argument: Argument) => Result {
  const results = new WeakMap<Argument, { readonly result: Result }>();
  return (argument) => {
    let known = results.get(argument);
    if (known === undefined) {
      known = { result: evaluate(argument) };
      results.set(argument, known);
    }
    return known.result;
  };
}
