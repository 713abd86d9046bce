import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/** A module class, for `@Module(metadata) class {}`. */
export function moduleOf(metadata) {
  class BenchModule {}
  Module(metadata)(BenchModule);
  return BenchModule;
}

/** A Nest application on `express` or `fastify`, not yet listening. */
export async function createApp(metadata, adapter) {
  const options = { logger: false, abortOnError: false };
  if (adapter === 'express') return NestFactory.create(moduleOf(metadata), options);
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return NestFactory.create(moduleOf(metadata), new FastifyAdapter(), options);
}
