export { Can } from './can.decorator.js';
export { CaslAbilities } from './casl-abilities.js';
export { CaslResource } from './casl-resource.js';
export type { Column, Columns, ColumnType } from './column.js';
export type { Conditions, ConditionValue, Ordering } from './conditions.js';
export { conditionsFor } from './conditions-for.js';
export { toSql, type SqlFilter, type SqlFilterOptions } from './to-sql.js';
