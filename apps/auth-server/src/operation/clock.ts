import { Injectable } from '@nestjs/common';

/** The current time. Every deadline of the platform uses it, and never the clock of the database. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
