/* What programs in C do with librabbitmq: a scenario by its name, which says what it sees, line by
   line. It ends with 1, and the reason on standard error, when something is not as it has to be. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <amqp.h>
#include <amqp_tcp_socket.h>

enum { CHANNEL = 1, FRAME_MAX = 131072, PATIENCE_SEC = 30 };

static void fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

/* The words of the broker, if it has closed the channel or the connection. */
static const char *reason(amqp_rpc_reply_t reply) {
  static char sentence[300];
  amqp_bytes_t words = amqp_empty_bytes;
  int code = 0;
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) {
    return amqp_error_string2(reply.library_error);
  }
  if (reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
    amqp_channel_close_t *close = reply.reply.decoded;
    code = close->reply_code;
    words = close->reply_text;
  } else if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
    amqp_connection_close_t *close = reply.reply.decoded;
    code = close->reply_code;
    words = close->reply_text;
  }
  snprintf(sentence, sizeof sentence, "%d %.*s", code, (int)words.len, (char *)words.bytes);
  return sentence;
}

static void expect(amqp_rpc_reply_t reply, const char *what) {
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) fail(what, reason(reply));
}

static void say(const char *label, amqp_bytes_t bytes) {
  printf("%s: %.*s\n", label, (int)bytes.len, (char *)bytes.bytes);
}

static amqp_table_entry_t entry(const char *key, amqp_field_value_t value) {
  return (amqp_table_entry_t){amqp_cstring_bytes(key), value};
}

static amqp_field_value_t text(amqp_bytes_t bytes) {
  return (amqp_field_value_t){AMQP_FIELD_KIND_UTF8, {.bytes = bytes}};
}

static amqp_field_value_t number(int32_t value) {
  return (amqp_field_value_t){AMQP_FIELD_KIND_I32, {.i32 = value}};
}

static amqp_connection_state_t connect_to(char *url, int heartbeat) {
  struct amqp_connection_info address;
  amqp_default_connection_info(&address);
  if (amqp_parse_url(url, &address) != AMQP_STATUS_OK) fail("url", url);
  amqp_connection_state_t connection = amqp_new_connection();
  amqp_set_handshake_timeout(connection, &(struct timeval){PATIENCE_SEC, 0});
  amqp_socket_t *tcp = amqp_tcp_socket_new(connection);
  if (amqp_socket_open(tcp, address.host, address.port)) fail("connect", address.host);
  expect(amqp_login(connection, address.vhost, 0, FRAME_MAX, heartbeat, AMQP_SASL_METHOD_PLAIN,
                    address.user, address.password),
         "login");
  amqp_channel_open(connection, CHANNEL);
  expect(amqp_get_rpc_reply(connection), "channel");
  return connection;
}

static void disconnect(amqp_connection_state_t connection) {
  expect(amqp_connection_close(connection, AMQP_REPLY_SUCCESS), "close");
  amqp_destroy_connection(connection);
}

static amqp_bytes_t private_queue(amqp_connection_state_t connection, amqp_table_t arguments) {
  amqp_queue_declare_ok_t *declared =
      amqp_queue_declare(connection, CHANNEL, amqp_empty_bytes, 0, 0, 1, 0, arguments);
  expect(amqp_get_rpc_reply(connection), "queue");
  return amqp_bytes_malloc_dup(declared->queue);
}

static void publish(amqp_connection_state_t connection, amqp_bytes_t queue, amqp_bytes_t body,
                    const amqp_basic_properties_t *properties) {
  int status = amqp_basic_publish(connection, CHANNEL, amqp_empty_bytes, queue, 1, 0, properties,
                                  body);
  if (status != AMQP_STATUS_OK) fail("publish", amqp_error_string2(status));
}

static amqp_frame_t next_frame(amqp_connection_state_t connection) {
  struct timeval patience = {PATIENCE_SEC, 0};
  amqp_frame_t frame;
  int status = amqp_simple_wait_frame_noblock(connection, &frame, &patience);
  if (status != AMQP_STATUS_OK) fail("frame", amqp_error_string2(status));
  return frame;
}

static amqp_envelope_t next_delivery(amqp_connection_state_t connection) {
  struct timeval patience = {PATIENCE_SEC, 0};
  amqp_envelope_t envelope;
  amqp_maybe_release_buffers(connection);
  expect(amqp_consume_message(connection, &envelope, &patience, 0), "delivery");
  return envelope;
}

static void consume(amqp_connection_state_t connection, amqp_bytes_t queue) {
  amqp_basic_consume(connection, CHANNEL, queue, amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
  expect(amqp_get_rpc_reply(connection), "consume");
}

static void confirms(char *url) {
  enum { COUNT = 100 };
  amqp_connection_state_t connection = connect_to(url, 0);
  amqp_bytes_t queue = private_queue(connection, amqp_empty_table);
  amqp_confirm_select(connection, CHANNEL);
  expect(amqp_get_rpc_reply(connection), "confirm.select");
  for (int count = 0; count < COUNT; count++) {
    publish(connection, queue, amqp_cstring_bytes("confirmed"), NULL);
  }
  uint64_t confirmed = 0;
  while (confirmed < COUNT) {
    amqp_frame_t frame = next_frame(connection);
    if (frame.payload.method.id != AMQP_BASIC_ACK_METHOD) fail("confirm", "not an ack");
    amqp_basic_ack_t *ack = frame.payload.method.decoded;
    confirmed = ack->multiple ? ack->delivery_tag : confirmed + 1;
  }
  printf("confirmed: %d\n", (int)confirmed);
  publish(connection, amqp_cstring_bytes("interop.no.such.queue"), amqp_cstring_bytes("lost"), NULL);
  amqp_frame_t frame = next_frame(connection);
  if (frame.payload.method.id != AMQP_BASIC_RETURN_METHOD) fail("return", "something else came");
  say("returned", ((amqp_basic_return_t *)frame.payload.method.decoded)->reply_text);
  amqp_message_t message;
  expect(amqp_read_message(connection, CHANNEL, &message, 0), "returned message");
  say("body", message.body);
  amqp_destroy_message(&message);
  if (next_frame(connection).payload.method.id != AMQP_BASIC_ACK_METHOD) fail("return", "no ack");
  disconnect(connection);
}

static void say_header(const amqp_table_entry_t *header) {
  const amqp_field_value_t *field = &header->value;
  printf("header %.*s: ", (int)header->key.len, (char *)header->key.bytes);
  switch (field->kind) {
    case AMQP_FIELD_KIND_BOOLEAN:
      printf("boolean %d\n", field->value.boolean);
      break;
    case AMQP_FIELD_KIND_I32:
      printf("i32 %d\n", field->value.i32);
      break;
    case AMQP_FIELD_KIND_UTF8:
      printf("text %.*s\n", (int)field->value.bytes.len, (char *)field->value.bytes.bytes);
      break;
    case AMQP_FIELD_KIND_TABLE:
      printf("table of %d\n", field->value.table.num_entries);
      break;
    default:
      printf("kind %c\n", field->kind);
  }
}

static void messages(char *url) {
  amqp_connection_state_t connection = connect_to(url, 0);
  amqp_bytes_t queue = private_queue(connection, amqp_empty_table);
  amqp_table_entry_t inner[] = {entry("deep", text(amqp_cstring_bytes("value")))};
  amqp_field_value_t yes = {AMQP_FIELD_KIND_BOOLEAN, {.boolean = 1}};
  amqp_field_value_t table = {AMQP_FIELD_KIND_TABLE, {.table = {1, inner}}};
  amqp_table_entry_t headers[] = {
      entry("bool", yes),
      entry("i32", number(-7)),
      entry("utf8", text(amqp_cstring_bytes("grün"))),
      entry("table", table),
  };
  amqp_basic_properties_t properties = {0};
  properties._flags =
      AMQP_BASIC_HEADERS_FLAG | AMQP_BASIC_TIMESTAMP_FLAG | AMQP_BASIC_CORRELATION_ID_FLAG;
  properties.correlation_id = amqp_cstring_bytes("c-1");
  properties.timestamp = 1700000000;
  properties.headers = (amqp_table_t){4, headers};
  publish(connection, queue, amqp_cstring_bytes("hello"), &properties);
  consume(connection, queue);
  amqp_envelope_t envelope = next_delivery(connection);
  amqp_basic_properties_t *received = &envelope.message.properties;
  say("body", envelope.message.body);
  say("correlation_id", received->correlation_id);
  printf("timestamp: %llu\n", (unsigned long long)received->timestamp);
  for (int index = 0; index < received->headers.num_entries; index++) {
    say_header(&received->headers.entries[index]);
  }
  amqp_basic_ack(connection, CHANNEL, envelope.delivery_tag, 0);
  amqp_destroy_envelope(&envelope);
  disconnect(connection);
}

static void large_bodies(char *url) {
  amqp_connection_state_t connection = connect_to(url, 0);
  amqp_bytes_t queue = private_queue(connection, amqp_empty_table);
  consume(connection, queue);
  size_t sizes[] = {0, FRAME_MAX - 8, FRAME_MAX - 7, 3000000};
  for (int index = 0; index < 4; index++) {
    amqp_bytes_t body = amqp_bytes_malloc(sizes[index]);
    memset(body.bytes, 'x', body.len);
    publish(connection, queue, body, NULL);
    amqp_envelope_t envelope = next_delivery(connection);
    amqp_bytes_t received = envelope.message.body;
    int same = received.len == body.len && memcmp(received.bytes, body.bytes, body.len) == 0;
    printf("%d: %s\n", (int)body.len, same ? "same" : "different");
    amqp_destroy_envelope(&envelope);
    amqp_bytes_free(body);
  }
  disconnect(connection);
}

static void dead_letters(char *url) {
  amqp_connection_state_t connection = connect_to(url, 0);
  amqp_bytes_t dead = private_queue(connection, amqp_empty_table);
  amqp_table_entry_t entries[] = {
      entry("x-dead-letter-exchange", text(amqp_empty_bytes)),
      entry("x-dead-letter-routing-key", text(dead)),
  };
  amqp_table_t arguments = {2, entries};
  amqp_bytes_t queue = private_queue(connection, arguments);
  amqp_basic_qos(connection, CHANNEL, 0, 1, 0);
  expect(amqp_get_rpc_reply(connection), "qos");
  publish(connection, queue, amqp_cstring_bytes("twice"), NULL);
  consume(connection, queue);
  for (int requeue = 1; requeue >= 0; requeue--) {
    amqp_envelope_t envelope = next_delivery(connection);
    printf("redelivered: %d\n", envelope.redelivered);
    amqp_basic_reject(connection, CHANNEL, envelope.delivery_tag, requeue);
    amqp_destroy_envelope(&envelope);
  }
  consume(connection, dead);
  amqp_envelope_t letter = next_delivery(connection);
  amqp_table_t *headers = &letter.message.properties.headers;
  say("dead", letter.message.body);
  for (int index = 0; index < headers->num_entries; index++) {
    amqp_bytes_t key = headers->entries[index].key;
    if (strncmp(key.bytes, "x-first-death-reason", key.len) == 0) {
      say_header(&headers->entries[index]);
    }
  }
  amqp_destroy_envelope(&letter);
  disconnect(connection);
}

static void channel_error(char *url) {
  amqp_connection_state_t connection = connect_to(url, 0);
  amqp_queue_declare(connection, CHANNEL, amqp_cstring_bytes("interop.no.such.queue"), 1, 0, 0, 0,
                     amqp_empty_table);
  printf("%s\n", reason(amqp_get_rpc_reply(connection)));
  amqp_channel_close_ok_t close_ok = {0};
  amqp_send_method(connection, CHANNEL, AMQP_CHANNEL_CLOSE_OK_METHOD, &close_ok);
  amqp_channel_open(connection, CHANNEL);
  expect(amqp_get_rpc_reply(connection), "channel again");
  amqp_bytes_free(private_queue(connection, amqp_empty_table));
  printf("channel opened again\n");
  disconnect(connection);
}

/* The library sends and awaits heartbeats while it waits for frames. */
static void heartbeats(char *url) {
  amqp_connection_state_t connection = connect_to(url, 1);
  amqp_bytes_t queue = private_queue(connection, amqp_empty_table);
  amqp_table_entry_t entries[] = {
      entry("x-message-ttl", number(3000)),
      entry("x-dead-letter-exchange", text(amqp_empty_bytes)),
      entry("x-dead-letter-routing-key", text(queue)),
  };
  amqp_table_t arguments = {3, entries};
  amqp_bytes_t delayed = private_queue(connection, arguments);
  consume(connection, queue);
  publish(connection, delayed, amqp_cstring_bytes("after some silence"), NULL);
  amqp_envelope_t envelope = next_delivery(connection);
  printf("heartbeat: %d\n", amqp_get_heartbeat(connection));
  say("body", envelope.message.body);
  amqp_destroy_envelope(&envelope);
  disconnect(connection);
}

int main(int count, char **arguments) {
  struct {
    const char *name;
    void (*run)(char *url);
  } scenarios[] = {
      {"confirms", confirms},         {"messages", messages},
      {"large_bodies", large_bodies}, {"dead_letters", dead_letters},
      {"channel_error", channel_error}, {"heartbeats", heartbeats},
  };
  if (count != 3) fail("usage", "scenario url");
  for (size_t index = 0; index < sizeof scenarios / sizeof *scenarios; index++) {
    if (strcmp(scenarios[index].name, arguments[1]) != 0) continue;
    scenarios[index].run(arguments[2]);
    return 0;
  }
  fail("no such scenario", arguments[1]);
}
