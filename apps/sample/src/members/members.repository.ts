import { Injectable } from '@nestjs/common';
import type { Identity } from '@patronus/nestjs';
import { ClinicStorage } from '../storage/clinic-storage.js';

/** A person by issuer and id. An email address is not an identity, because it may change hands. */
export type Person = Pick<Identity, 'issuer' | 'id'>;

export interface Membership {
  readonly clinic: string;
  readonly roles: readonly string[];
}

/** The members of the clinics. */
@Injectable()
export class MembersRepository {
  constructor(private readonly storage: ClinicStorage) {}

  membershipsOf({ issuer, id }: Person): Promise<Membership[]> {
    return this.storage.outsideTenants(async (session) => {
      const { rows } = await session.query<Membership>(
        'select clinic, roles from members where issuer = $1 and subject = $2',
        [issuer, id],
      );
      return rows;
    });
  }

  /** Adds a person who is not a member of any clinic. False if the person is a member already. */
  enrol({ issuer, id }: Person, { clinic, roles }: Membership): Promise<boolean> {
    return this.storage.outsideTenants(async (session) => {
      const { rows } = await session.query(
        `insert into members (issuer, subject, clinic, roles)
         select $1::text, $2::text, $3::text, $4::text[]
         where not exists (select from members where issuer = $1 and subject = $2)
         on conflict do nothing returning clinic`,
        [issuer, id, clinic, roles],
      );
      return rows.length > 0;
    });
  }
}
