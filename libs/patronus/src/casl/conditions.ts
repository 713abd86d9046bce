/** Value that a field may be compared with. */
export type ConditionValue = string | number | boolean | Date | null;

/**
 * Objects that rules let through, as a tree that is independent of any query language. An empty
 * `and` matches everything, an empty `or` matches nothing.
 *
 * Every comparison is true or false, as in CASL. A comparison with a field that is null is never
 * "unknown", and `not` of it is its opposite.
 */
export type Conditions =
  | { readonly op: 'and' | 'or'; readonly of: readonly Conditions[] }
  | { readonly op: 'not'; readonly of: Conditions }
  | { readonly op: 'eq'; readonly field: string; readonly value: ConditionValue }
  | { readonly op: 'in'; readonly field: string; readonly values: readonly ConditionValue[] }
  | { readonly op: Ordering; readonly field: string; readonly value: string | number | Date }
  | { readonly op: 'exists'; readonly field: string; readonly value: boolean };

/** Ways to compare two values, besides equality. */
export type Ordering = 'lt' | 'lte' | 'gt' | 'gte';
