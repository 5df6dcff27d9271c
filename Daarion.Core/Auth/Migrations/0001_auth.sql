create schema auth;

create table auth.sessions (
  id           text collate "C" primary key,
  user_id      text collate "C" not null,
  token_hash   bytea not null,
  method       text not null,
  created_at   timestamptz(3) not null,
  last_seen_at timestamptz(3) not null,
  expires_at   timestamptz(3) not null,
  ended_at     timestamptz(3),
  end_reason   text,
  ip           text,
  user_agent   text,
  constraint sessions_method check (method in ('code', 'link', 'setup', 'invitation')),
  constraint sessions_end check ((ended_at is null) = (end_reason is null))
);

create unique index sessions_token on auth.sessions (token_hash);
create index sessions_user on auth.sessions (user_id, id);

-- Codes and links. A row is written for every request, also for an address that nobody has, so that limits and time are the same for all.
create table auth.signin_codes (
  id              bigint generated always as identity primary key,
  email           text not null,
  code_hash       bytea,
  link_token_hash bytea not null,
  browser_hash    bytea,
  direct          boolean not null,
  deliverable     boolean not null,
  return_path     text,
  ip              text,
  created_at      timestamptz(3) not null,
  expires_at      timestamptz(3) not null,
  attempts        integer not null default 0,
  used_at         timestamptz(3),
  constraint signin_codes_attempts check (attempts between 0 and 5)
);

create unique index signin_codes_link on auth.signin_codes (link_token_hash);
create index signin_codes_email on auth.signin_codes (email, created_at);
create index signin_codes_ip on auth.signin_codes (ip, created_at);
create index signin_codes_age on auth.signin_codes (created_at);

create table auth.signin_failures (
  id     bigint generated always as identity primary key,
  email  text not null,
  reason text not null,
  at     timestamptz(3) not null,
  ip     text
);

create index signin_failures_email on auth.signin_failures (email, at);
create index signin_failures_age on auth.signin_failures (at);

create table auth.signin_pauses (
  email text primary key,
  until timestamptz(3) not null
);

create table auth.service_keys (
  client_id            text collate "C" primary key,
  name                 text not null,
  capabilities         text[] not null,
  secret_hash          bytea not null,
  previous_secret_hash bytea,
  previous_until       timestamptz(3),
  created_by           text not null,
  created_at           timestamptz(3) not null,
  rotated_at           timestamptz(3),
  expires_at           timestamptz(3),
  revoked_at           timestamptz(3),
  last_used_at         timestamptz(3),
  last_used_ip         text,
  constraint service_keys_overlap check ((previous_secret_hash is null) = (previous_until is null))
);

-- One row: the settings of signing in, and the token of the first start.
create table auth.city_settings (
  id               boolean primary key default true check (id),
  open_signup      boolean not null default false,
  setup_token_hash bytea,
  setup_done_at    timestamptz(3)
);

insert into auth.city_settings (id) values (true);

-- The bookkeeping of the OpenID Connect server.
create table auth.oidc_applications (
  id                        text primary key,
  application_type          text,
  client_id                 text not null,
  client_secret             text,
  client_type               text,
  concurrency_token         text,
  consent_type              text,
  display_name              text,
  display_names             text,
  json_web_key_set          text,
  permissions               text,
  post_logout_redirect_uris text,
  properties                text,
  redirect_uris             text,
  requirements              text,
  settings                  text
);

create unique index oidc_applications_client on auth.oidc_applications (client_id);

create table auth.oidc_authorizations (
  id                text primary key,
  application_id    text references auth.oidc_applications (id) on delete cascade,
  concurrency_token text,
  creation_date     timestamptz,
  properties        text,
  scopes            text,
  status            text,
  subject           text,
  type              text
);

create index oidc_authorizations_subject on auth.oidc_authorizations (subject, application_id, status, type);
create index oidc_authorizations_application on auth.oidc_authorizations (application_id);

create table auth.oidc_scopes (
  id                text primary key,
  concurrency_token text,
  description       text,
  descriptions      text,
  display_name      text,
  display_names     text,
  name              text not null unique,
  properties        text,
  resources         text
);

create table auth.oidc_tokens (
  id                text primary key,
  application_id    text references auth.oidc_applications (id) on delete cascade,
  authorization_id  text references auth.oidc_authorizations (id) on delete cascade,
  concurrency_token text,
  creation_date     timestamptz,
  expiration_date   timestamptz,
  payload           text,
  properties        text,
  redemption_date   timestamptz,
  reference_id      text unique,
  status            text,
  subject           text,
  type              text
);

create index oidc_tokens_application on auth.oidc_tokens (application_id, status, subject, type);
create index oidc_tokens_authorization on auth.oidc_tokens (authorization_id);
create index oidc_tokens_age on auth.oidc_tokens (creation_date);
