import { Injectable } from '@nestjs/common';

/** What time it is. Every deadline of the platform is compared with this, never with the database's clock. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
