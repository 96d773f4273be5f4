"""Holds conversations through the Dapr SDK for Python as any program does. The component "gpt" asks a model that follows a script."""

import asyncio

import grpc
from cases import Cases, equal
from dapr.aio.clients import DaprClient as AsyncDaprClient
from dapr.clients import DaprClient
from dapr.clients.grpc import conversation
from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Struct

cases = Cases()
secret = "my email is test@test.com"


def asked(*messages, scrub_pii=None):
    return [conversation.ConversationInputAlpha2(messages=list(messages), scrub_pii=scrub_pii)]


def only_choice(answer):
    (output,) = answer.outputs
    (choice,) = output.choices
    return choice


def says(answer, text):
    choice = only_choice(answer)
    equal(choice.message.content, text)
    equal(choice.finish_reason, "stop")


@conversation.tool
def get_weather(city: str) -> str:
    """The weather of a city.

    Args:
        city: where
    """
    return f"4 C, rain in {city}"


@cases.case("a text, alpha1")
def text_alpha1(client):
    inputs = [conversation.ConversationInput(content="well hello there", role="user")]
    answer = client.converse_alpha1(name="echo", inputs=inputs, context_id="ctx", temperature=0.5)
    equal([output.result for output in answer.outputs], ["well hello there"])
    equal(answer.context_id, "ctx")


@cases.case("a text, alpha2")
def text_alpha2(client):
    answer = client.converse_alpha2(name="gpt", inputs=asked(conversation.create_user_message("Hello?")))
    says(answer, "You said: Hello?")
    (output,) = answer.outputs
    equal(output.model, "scripted-1")
    equal(output.usage.total_tokens, 12)


@cases.case("a conversation of several turns")
def turns(client):
    messages = [conversation.create_system_message("Be brief."), conversation.create_user_message("first")]
    first = client.converse_alpha2(name="gpt", inputs=asked(*messages))
    messages += first.to_assistant_messages()
    messages.append(conversation.create_user_message("second"))
    says(client.converse_alpha2(name="gpt", inputs=asked(*messages)), "You said: second")
    says(
        client.converse_alpha2(name="echo", inputs=asked(*messages)),
        "Be brief.\nfirst\nYou said: first\nsecond",
    )


@cases.case("tools of echo")
def echo_tools(client):
    answer = client.converse_alpha2(
        name="echo",
        inputs=asked(conversation.create_user_message("Weather?")),
        tools=conversation.get_registered_tools(),
        tool_choice="get_weather",
    )
    choice = only_choice(answer)
    equal(choice.finish_reason, "tool_calls")
    equal([(call.id, call.function.name, call.function.arguments) for call in choice.message.tool_calls], [("0", "get_weather", "city")])


@cases.case("a model that calls a tool and uses what it says")
def tool_loop(client):
    tools = conversation.get_registered_tools()
    messages = [conversation.create_user_message("What is the weather in Oslo?")]
    first = client.converse_alpha2(name="gpt", inputs=asked(*messages), tools=tools)
    (call,) = only_choice(first).message.tool_calls
    result = conversation.execute_registered_tool(call.function.name, call.function.arguments)
    messages += first.to_assistant_messages()
    messages.append(conversation.create_tool_message(call.id, call.function.name, result))
    second = client.converse_alpha2(name="gpt", inputs=asked(*messages), tools=tools)
    says(second, "The tool said: 4 C, rain in Oslo")


@cases.case("personal data in the question")
def scrubbed_question(client):
    inputs = asked(conversation.create_user_message(secret), scrub_pii=True)
    says(client.converse_alpha2(name="gpt", inputs=inputs), "You said: my email is <EMAIL_ADDRESS>")


@cases.case("personal data in the answer")
def scrubbed_answer(client):
    inputs = asked(conversation.create_user_message(secret))
    says(client.converse_alpha2(name="gpt", inputs=inputs, scrub_pii=True), "You said: my email is <EMAIL_ADDRESS>")


@cases.case("every field of the request")
def every_field(client):
    format = Struct()
    format.update({"type": "object", "properties": {"answer": {"type": "string"}}})
    answer = client.converse_alpha2(
        name="echo",
        inputs=asked(conversation.create_user_message("hello")),
        context_id="ctx",
        parameters={"max_tokens": 100, "wide": 2**40, "ratio": 0.5, "flag": True, "text": "x", "raw": b"x"},
        metadata={"key": "value"},
        scrub_pii=False,
        temperature=0.5,
        response_format=format,
        prompt_cache_retention=Duration(seconds=60),
    )
    equal(answer.context_id, "ctx")
    says(answer, "hello")


def refused(call, text):
    try:
        call()
    except grpc.RpcError as error:
        equal(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        assert text in error.details(), error.details()
    else:
        raise AssertionError("the call must fail")


@cases.case("an unknown component")
def unknown_component(client):
    refused(
        lambda: client.converse_alpha2(name="nobody", inputs=asked(conversation.create_user_message("hello"))),
        "failed finding conversation component nobody",
    )


@cases.case("no inputs")
def no_inputs(client):
    refused(lambda: client.converse_alpha2(name="echo", inputs=[]), "missing inputs in request")


@cases.case("metadata, set and read back")
def metadata(client):
    client.set_metadata("python", "was here")
    answer = client.get_metadata()
    equal(answer.extended_metadata["python"], "was here")
    equal(sorted(component.name for component in answer.registered_components), ["echo", "gpt"])


@cases.case("the asynchronous client")
def asynchronous(_client):
    async def converse():
        async with AsyncDaprClient() as client:
            inputs = asked(conversation.create_user_message("Hello?"))
            return await client.converse_alpha2(name="gpt", inputs=inputs)

    says(asyncio.run(converse()), "You said: Hello?")


if __name__ == "__main__":
    with DaprClient() as client:
        cases.run(client)
