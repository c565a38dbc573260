/** How operations become types, here, in the client and in the example. */
export const codegenOptions = {
  enumsAsTypes: true,
  immutableTypes: true,
  scalars: {
    DateTime: 'string',
    EmailAddress: 'string',
    SafeInt: 'number',
    URL: 'string',
    UUID: 'string',
  },
};
