import { Module } from '@nestjs/common';
import { ExpiredRows } from './expired-rows.js';

@Module({ providers: [ExpiredRows] })
export class HousekeepingModule {}
