import 'react';

declare module 'react' {
  interface CSSProperties {
    /** How many columns the matrix has. */
    '--roles'?: number;
    /** How many rows a group has. */
    '--rows'?: number;
  }
}
