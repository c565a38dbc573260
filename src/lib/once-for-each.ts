/** The function, evaluated once for each argument, which must not change, and remembered as long as that is. */
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
