/** What a field may be compared with. */
export type ConditionValue = string | number | boolean | Date | null;

/**
 * Which objects rules let through: a tree that no query language knows, and that each can be made of.
 * `and` of nothing is everything, `or` of nothing is nothing.
 *
 * Every comparison is true or false, as it is for CASL: one with a field that is null is never
 * "unknown", and `not` of it is its opposite.
 */
export type Conditions =
  | { readonly op: 'and' | 'or'; readonly of: readonly Conditions[] }
  | { readonly op: 'not'; readonly of: Conditions }
  | { readonly op: 'eq'; readonly field: string; readonly value: ConditionValue }
  | { readonly op: 'in'; readonly field: string; readonly values: readonly ConditionValue[] }
  | { readonly op: Ordering; readonly field: string; readonly value: string | number | Date }
  | { readonly op: 'exists'; readonly field: string; readonly value: boolean };

/** How two values are compared, besides being equal. */
export type Ordering = 'lt' | 'lte' | 'gt' | 'gte';
