import {
  Controller,
  Get,
  HttpCode,
  type INestApplication,
  Module,
  Post,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { readSettings, ServerSettings } from '../operation/settings/server-settings.js';
import { SameOriginGuard } from './same-origin.guard.js';

const ISSUER = 'https://id.example';

@Controller('form')
@UseGuards(SameOriginGuard)
class FormController {
  @Get() show() {}
  @Post() @HttpCode(204) take() {}
}

@Module({
  controllers: [FormController],
  providers: [{ provide: ServerSettings, useFactory: () => readSettings({ ISSUER }) }],
})
class FormModule {}

describe('SameOriginGuard', () => {
  let app: INestApplication;

  beforeAll(async () => {
    app = await NestFactory.create(FormModule, { logger: false });
    await app.init();
  });

  afterAll(() => app.close());

  const post = (headers: Record<string, string>) =>
    request(app.getHttpServer()).post('/form').set(headers);

  it.each([
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'same-origin', origin: 'null' },
    { origin: ISSUER },
  ])('lets in a form sent with %j', async (headers) => {
    await post(headers).expect(204);
  });

  it.each<Record<string, string>>([
    {},
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': '' },
    { 'sec-fetch-site': 'same-origin, cross-site' },
    { 'sec-fetch-site': 'cross-site', origin: ISSUER },
    { origin: 'null' },
    { origin: '' },
    { origin: 'https://evil.example' },
    { origin: `${ISSUER}.evil.example` },
    { origin: 'http://id.example' },
    { origin: `${ISSUER}:8443` },
    { referer: `${ISSUER}/form` },
  ])('refuses a form sent with %j', async (headers) => {
    const { body } = await post(headers).expect(403);
    expect(body.code).toBe('cross_site_request');
  });

  it('allows every page to be opened from any site', async () => {
    await request(app.getHttpServer()).get('/form').set('sec-fetch-site', 'cross-site').expect(200);
  });
});
