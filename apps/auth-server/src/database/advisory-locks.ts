/** PostgreSQL's advisory locks that instances hold in turn. Each number stands for one, in this database. */
export const ADVISORY_LOCKS = {
  migration: 7_287_668,
  keyRotation: 7_287_669,
  firstAdministrator: 7_287_670,
  declaredClients: 7_287_671,
  declaredResourceServers: 7_287_672,
} as const;
