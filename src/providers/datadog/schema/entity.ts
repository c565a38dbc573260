import { RolecallError } from '../../../errors.ts';
import type { Builder, TypeRef } from '../../../schema/builder.ts';
import type { Sessions } from '../../../schema/provider.ts';
import type { Loaders } from '../loaders.ts';
import { failureOf, isPlaceholder } from '../placeholder.ts';

/**
 * Makes the type an entity, which other subgraphs refer to by id. An unknown entity is null. If fetching an entity failed,
 * each of its representations has an error.
 */
export function defineEntity<Shape extends { readonly id: string }>(
  builder: Builder,
  type: TypeRef<Shape>,
  sessions: Sessions<Loaders>,
  load: (loaders: Loaders, id: string) => Promise<Shape | undefined>,
): void {
  builder.asEntity(type, {
    key: builder.selection<{ id: string }>('id'),
    async resolveReference({ id }, context) {
      const loaders = sessions.toAsk(context);
      const shape = loaders === null ? undefined : await load(loaders, id);
      if (shape === undefined || !isPlaceholder(shape)) return shape ?? null;
      const failure = failureOf(shape);
      if (failure !== undefined) throw new RolecallError(failure.message, failure.extensions);
      return null;
    },
  });
}
