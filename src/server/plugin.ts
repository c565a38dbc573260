import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';

/** A Yoga plugin of this server's. */
export type ServerPlugin = Plugin<Context>;
