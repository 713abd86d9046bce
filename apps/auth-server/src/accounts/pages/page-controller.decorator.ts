import { applyDecorators, Controller, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@patronus/nestjs';
import { SameOriginGuard } from '../../pages/same-origin.guard.js';
import { PageErrorFilter } from './page-error.filter.js';

/** A controller of pages: plain forms for everybody, which no other site can post. */
export const PageController = (): ClassDecorator =>
  applyDecorators(
    Controller(),
    Public(),
    UseGuards(SameOriginGuard),
    UseFilters(PageErrorFilter),
    ApiExcludeController(),
  );
