/** What is mutated: every line that decides who may pass. Specs never are. */
export const targets = [
  'libs/patronus/src/authentication/**/*.ts',
  'libs/patronus/src/authorization/permissions.guard.ts',
  'libs/patronus/src/authorization/permission-matcher*.ts',
  'libs/patronus/src/authorization/{permission-pattern,pattern-list}.ts',
  'libs/patronus/src/authorization/*rule*.ts',
  'libs/patronus/src/authorization/*requirement.ts',
  'libs/patronus/src/authorization/policies/*check.ts',
  'libs/patronus/src/revocation/*.ts',
  'libs/patronus/src/tenancy/*.ts',
];
