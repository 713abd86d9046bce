import { TextTable } from './text-table.js';

/** Answers with a good token: the routes that each user may call. */
export const GOOD_TOKEN = new TextTable(`
route                              | receptionist      | doctor            | tenant-admin      | doctor-sur        | auditor           | no-tenant
GET /                              | 200               | 200               | 200               | 200               | 200               | 200
GET /demo/tokens                   | 200               | 200               | 200               | 200               | 200               | 200
GET /health                        | 200               | 200               | 200               | 200               | 200               | 200
GET /greeting                      | 200               | 200               | 200               | 200               | 200               | 200
GET /me                            | 200               | 200               | 200               | 200               | 200               | 200
GET /patients                      | 200               | 200               | 200               | 200               | tenant_required   | tenant_required
GET /patients/ana-ruiz             | 200               | 200               | 200               | not_found         | tenant_required   | tenant_required
GET /patients/dario-vega           | not_found         | not_found         | not_found         | 200               | tenant_required   | tenant_required
POST /patients                     | permission_denied | 201               | 201               | 201               | tenant_required   | tenant_required
GET /appointments                  | 200               | 200               | 200               | 200               | tenant_required   | tenant_required
POST /appointments/norte-1/cancel  | 200               | 200               | 200               | not_found         | tenant_required   | tenant_required
GET /staff                         | role_denied       | role_denied       | 200               | role_denied       | tenant_required   | tenant_required
DELETE /staff/ines-mora            | permission_denied | permission_denied | 200               | permission_denied | tenant_required   | tenant_required
DELETE /staff/olga-rey             | permission_denied | permission_denied | not_found         | permission_denied | tenant_required   | tenant_required
GET /audit                         | permission_denied | permission_denied | permission_denied | permission_denied | 200               | permission_denied
`);

/** The answers to an invalid token, for every caller. */
export const BAD_TOKEN = new TextTable(`
route                              | none          | expired       | wrong key     | wrong issuer   | wrong audience
GET /                              | 200           | 200           | 200           | 200            | 200
GET /demo/tokens                   | 200           | 200           | 200           | 200            | 200
GET /health                        | 200           | 200           | 200           | 200            | 200
GET /greeting                      | 200           | token_expired | token_invalid | issuer_unknown | token_invalid
GET /me                            | token_missing | token_expired | token_invalid | issuer_unknown | token_invalid
GET /patients                      | token_missing | token_expired | token_invalid | issuer_unknown | token_invalid
GET /patients/ana-ruiz             | token_missing | token_expired | token_invalid | issuer_unknown | token_invalid
GET /patients/dario-vega           | token_missing | token_expired | token_invalid | issuer_unknown | token_invalid
POST /patients                     | token_missing | token_expired | token_invalid | issuer_unknown | token_invalid
GET /appointments                  | token_missing | token_expired | token_invalid | issuer_unknown | token_invalid
POST /appointments/norte-1/cancel  | token_missing | token_expired | token_invalid | issuer_unknown | token_invalid
GET /staff                         | token_missing | token_expired | token_invalid | issuer_unknown | token_invalid
DELETE /staff/ines-mora            | token_missing | token_expired | token_invalid | issuer_unknown | token_invalid
DELETE /staff/olga-rey             | token_missing | token_expired | token_invalid | issuer_unknown | token_invalid
GET /audit                         | token_missing | token_expired | token_invalid | issuer_unknown | token_invalid
`);

/** Answers with a good token, and a header that asks for a clinic that it is not for. */
export const OTHER_TENANT = new TextTable(`
route                              | every user
GET /                              | 200
GET /demo/tokens                   | 200
GET /health                        | 200
GET /greeting                      | tenant_mismatch
GET /me                            | tenant_mismatch
GET /patients                      | tenant_mismatch
GET /patients/ana-ruiz             | tenant_mismatch
GET /patients/dario-vega           | tenant_mismatch
POST /patients                     | tenant_mismatch
GET /appointments                  | tenant_mismatch
POST /appointments/norte-1/cancel  | tenant_mismatch
GET /staff                         | tenant_mismatch
DELETE /staff/ines-mora            | tenant_mismatch
DELETE /staff/olga-rey             | tenant_mismatch
GET /audit                         | tenant_mismatch
`);
