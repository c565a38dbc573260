import { uuid } from '../fixtures/datadog.ts';
import { type Caller, permissionName } from './population.ts';
import type { Sight } from './sight.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a request says besides who calls. */
export interface Choice {
  readonly isMore: boolean;
  /** Of a permission. */
  readonly index: number;
  /** Whom the caller asks about, without being them. */
  readonly other: Caller;
  /** Different in each request. */
  readonly serial: number;
}

export interface Operation {
  /** Default: `/graphql`. */
  readonly path?: string;
  readonly query: string | ((choice: Choice) => string);
  variables?(caller: Caller, choice: Choice): Json;
  /** The `data` of the response. */
  expected(sight: Sight, choice: Choice): Json;
}

const PLAIN: Operation = {
  query: `{ viewer {
    providers
    datadog { id name email username title organization { name } roles { id name } }
    heygen { username firstName lastName email }
    users { provider displayName email }
  } }`,
  expected: (sight) => ({
    viewer: {
      providers: ['DATADOG', ...(sight.hasHeyGen ? ['HEYGEN'] : [])],
      datadog: {
        id: sight.caller.id,
        name: sight.datadog('Name'),
        email: sight.caller.email,
        username: sight.caller.email,
        title: sight.datadog('Title'),
        organization: { name: sight.organization },
        roles: sight.caller.roles.map((role) => sight.role(role)),
      },
      heygen: sight.hasHeyGen
        ? {
            username: sight.username,
            firstName: sight.heygen('First name'),
            lastName: sight.heygen('Last name'),
            email: sight.caller.email,
          }
        : null,
      users: [
        {
          provider: 'DATADOG',
          displayName: sight.datadog('Name'),
          email: sight.caller.email,
        },
        ...(sight.hasHeyGen
          ? [{ provider: 'HEYGEN', displayName: sight.fullName, email: sight.caller.email }]
          : []),
      ],
    },
  }),
};

const FRAGMENTS: Operation = {
  query: `query Card {
    me: viewer {
      dd: datadog { ...Person held: permissions { key: id label: displayName } }
      hg: heygen { ...Person }
      users { ...Person ... on DatadogUser { roles { name } } ... on HeyGenUser { lastName } }
    }
  }
  fragment Person on User { __typename id shown: displayName mail: email }`,
  expected(sight) {
    const person = {
      __typename: 'DatadogUser',
      id: sight.caller.id,
      shown: sight.datadog('Name'),
      mail: sight.caller.email,
    };
    const heygen = {
      __typename: 'HeyGenUser',
      id: sight.username,
      shown: sight.fullName,
      mail: sight.caller.email,
    };
    const held = sight.held.map((index) => {
      const { id, displayName } = sight.permission(index);
      return { key: id, label: displayName };
    });
    const roles = sight.caller.roles.map((role) => ({ name: sight.role(role).name }));
    return {
      me: {
        dd: { ...person, held },
        hg: sight.hasHeyGen ? heygen : null,
        users: [
          { ...person, roles },
          ...(sight.hasHeyGen ? [{ ...heygen, lastName: sight.heygen('Last name') }] : []),
        ],
      },
    };
  },
};

const CONDITIONAL_LEAVES: Operation = {
  query: `query Leaves($more: Boolean!) {
    viewer { datadog { id name @include(if: $more) email @skip(if: $more) } }
  }`,
  variables: (_caller, { isMore }) => ({ more: isMore }),
  expected: (sight, { isMore }) => ({
    viewer: {
      datadog: {
        id: sight.caller.id,
        ...(isMore ? { name: sight.datadog('Name') } : { email: sight.caller.email }),
      },
    },
  }),
};

const CONDITIONAL_OBJECTS: Operation = {
  query: `query Objects($more: Boolean!) {
    viewer {
      datadog @skip(if: $more) { title roles { id } }
      heygen @include(if: $more) { username lastName }
    }
  }`,
  variables: (_caller, { isMore }) => ({ more: isMore }),
  expected: (sight, { isMore }) => ({
    viewer: isMore
      ? {
          heygen: sight.hasHeyGen
            ? { username: sight.username, lastName: sight.heygen('Last name') }
            : null,
        }
      : {
          datadog: {
            title: sight.datadog('Title'),
            roles: sight.caller.roles.map(({ index }) => ({ id: uuid(3, index) })),
          },
        },
  }),
};

const FILTERS: Operation = {
  query: `query May($name: String!, $names: [String!]) {
    viewer { datadog { name hasPermission(name: $name) permissions(names: $names) { displayName } } }
  }`,
  variables: (_caller, { index }) => ({ name: nameIn(index), names: [nameIn(index)] }),
  expected(sight, { index }) {
    const named = sight.held.filter((each) => permissionName(sight.caller, each) === nameIn(index));
    return {
      viewer: {
        datadog: {
          name: sight.datadog('Name'),
          hasPermission: named.length > 0,
          permissions: named.map((each) => ({ displayName: sight.permission(each).displayName })),
        },
      },
    };
  },
};

const GRANTS: Operation = {
  query: '{ viewer { datadog { grants { permission { name displayName } roles { id name } } } } }',
  expected: (sight) => ({
    viewer: {
      datadog: {
        grants: sight.held.map((index) => {
          const { name, displayName } = sight.permission(index);
          const granting = sight.caller.roles.filter(({ permissions }) =>
            permissions.includes(index),
          );
          return {
            permission: { name, displayName },
            roles: granting.map((role) => sight.role(role)),
          };
        }),
      },
    },
  }),
};

const ROLES: Operation = {
  query: '{ viewer { datadog { email roles { name permissions { id name displayName } } } } }',
  expected: (sight) => ({
    viewer: {
      datadog: {
        email: sight.caller.email,
        roles: sight.caller.roles.map((role) => ({
          name: sight.role(role).name,
          permissions: role.permissions.map((index) => sight.permission(index)),
        })),
      },
    },
  }),
};

const ONCE: Operation = {
  query: ({ serial }) => `{ viewer { datadog { once${serial}: name roles { name } } } }`,
  expected: (sight, { serial }) => ({
    viewer: {
      datadog: {
        [`once${serial}`]: sight.datadog('Name'),
        roles: sight.caller.roles.map((role) => ({ name: sight.role(role).name })),
      },
    },
  }),
};

const ENTITIES: Operation = {
  path: '/subgraph',
  query: `query ($of: [_Any!]!) { _entities(representations: $of) {
    __typename
    ... on DatadogUser { id title roles { name } }
    ... on Role { id name }
    ... on Permission { id displayName }
    ... on HeyGenUser { id firstName }
  } }`,
  variables: (caller, { index, other }) => ({
    of: [
      { __typename: 'DatadogUser', id: caller.id },
      { __typename: 'DatadogUser', id: other.id },
      { __typename: 'Role', id: uuid(3, index) },
      { __typename: 'Permission', id: uuid(4, index) },
      { __typename: 'HeyGenUser', id: `user-${caller.mark}` },
      { __typename: 'HeyGenUser', id: `user-${other.mark}` },
    ],
  }),
  expected(sight, { index }) {
    const role = sight.caller.roles.find((each) => each.index === index);
    const { id, displayName } = sight.permission(index);
    return {
      _entities: [
        {
          __typename: 'DatadogUser',
          id: sight.caller.id,
          title: sight.datadog('Title'),
          roles: sight.caller.roles.map((each) => ({ name: sight.role(each).name })),
        },
        null,
        role ? { __typename: 'Role', ...sight.role(role) } : null,
        sight.held.includes(index) ? { __typename: 'Permission', id, displayName } : null,
        sight.hasHeyGen
          ? { __typename: 'HeyGenUser', id: sight.username, firstName: sight.heygen('First name') }
          : null,
        null,
      ],
    };
  },
};

/** Each request sends one of these; several are a batch. */
export const REQUESTS: readonly (readonly Operation[])[] = [
  [PLAIN],
  [FRAGMENTS],
  [CONDITIONAL_LEAVES],
  [CONDITIONAL_OBJECTS],
  [FILTERS],
  [GRANTS],
  [ROLES],
  [ONCE],
  [ENTITIES],
  [ROLES, FILTERS, ONCE],
];

function nameIn(index: number): string {
  return `permission_${index}`;
}
