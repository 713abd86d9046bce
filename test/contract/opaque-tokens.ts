import type { Credential } from '@patronus/nestjs';

/** Opaque tokens, as the servers of these suites know them. */
export const TOKENS = {
  good: 'mF9-B5f-4-1JqM_ana0000000000',
  other: '2YotnFZFEjr1zCsicMWpAA_ben00',
  ended: 'SlAV32hkKG~tGzv3JOkF0XG5Qx2T',
  foreign: 'gX1fBat3bV9a8hE0k5Z7_foreign',
  forged: 'czZCaGRSa3F0MzpnWDFmQmF0M2JW',
} as const;

export function bearer(token: string): Credential {
  return { scheme: 'bearer', token };
}
