CREATE TABLE "devices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"secret_hash" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "devices_secret_hash_unique" UNIQUE("secret_hash")
);
--> statement-breakpoint
CREATE TABLE "device_accounts" (
	"device_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"remembered_until" timestamp with time zone,
	CONSTRAINT "device_accounts_device_id_account_id_pk" PRIMARY KEY("device_id","account_id")
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "device_id" uuid;
--> statement-breakpoint
ALTER TABLE "device_accounts" ADD CONSTRAINT "device_accounts_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "device_accounts" ADD CONSTRAINT "device_accounts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "devices_last_seen_at" ON "devices" USING btree ("last_seen_at");
--> statement-breakpoint
CREATE INDEX "device_accounts_account" ON "device_accounts" USING btree ("account_id");
--> statement-breakpoint
CREATE INDEX "device_accounts_last_at" ON "device_accounts" USING btree ("last_at");
--> statement-breakpoint
CREATE INDEX "sessions_device" ON "sessions" USING btree ("device_id");
