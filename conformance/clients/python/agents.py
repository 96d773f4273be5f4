"""Holds conversations through the chat client of dapr-agents. The component "gpt" asks a model that follows a script."""

from cases import Cases, equal
from dapr_agents.llm.dapr import DaprChatClient
from dapr_agents.tool import tool
from dapr_agents.types.message import AssistantMessage, SystemMessage, ToolMessage, UserMessage
from pydantic import BaseModel

cases = Cases()


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"4 C, rain in {city}"


class Answer(BaseModel):
    answer: str


@cases.case("a text")
def text(client):
    answer = client.generate("Hello?")
    equal(answer.get_message().content, "You said: Hello?")


@cases.case("a conversation of several turns")
def turns(client):
    messages = [SystemMessage("Be brief."), UserMessage("first"), AssistantMessage("one"), UserMessage("second")]
    equal(client.generate(messages).get_message().content, "You said: second")
    echoed = client.generate(messages, llm_component="echo").get_message().content
    equal(echoed, "Be brief.\nfirst\none\nsecond")


@cases.case("a model that calls a tool and uses what it says")
def tool_loop(client):
    question = UserMessage("What is the weather in Oslo?")
    first = client.generate([question], tools=[get_weather]).get_message()
    (call,) = first.tool_calls
    equal(call.function.name, "get_weather")
    result = get_weather(**call.function.arguments_dict)
    said = ToolMessage(content=result, tool_call_id=call.id, name=call.function.name)
    second = client.generate([question, first, said], tools=[get_weather]).get_message()
    equal(second.content, "The tool said: 4 C, rain in Oslo")


@cases.case("an answer in a form")
def structured(client):
    equal(client.generate("Answer in the form, please.", response_format=Answer), Answer(answer="four"))


@cases.case("personal data in the answer")
def scrubbed(client):
    answer = client.generate("my email is test@test.com", scrubPII=True)
    equal(answer.get_message().content, "You said: my email is <EMAIL_ADDRESS>")


@cases.case("an unknown component")
def unknown(client):
    try:
        client.generate("hello", llm_component="nobody")
    except Exception as error:
        assert "failed finding conversation component nobody" in str(error), error
    else:
        raise AssertionError("the call must fail")


if __name__ == "__main__":
    cases.run(DaprChatClient(component_name="gpt"))
