using Newtonsoft.Json.Linq;
using NJsonSchema.Validation;

namespace SmtpTlsProxy.Configuration;

public class SchemaTests
{
    [Theory]
    [InlineData("ingress")]
    [InlineData("egress")]
    public async Task TheExamplesAreValidByTheSchema(string example) => Assert.Empty(await ValidateAsync(Examples.All[example]));

    [Theory]
    [InlineData("ingress")]
    [InlineData("egress")]
    public void TheExamplesLoadWithoutMistakeOrWarning(string example)
    {
        string yaml = Examples.All[example].Replace("/tls/tls.crt", Given.Pair.Cert, StringComparison.Ordinal).Replace("/tls/tls.key", Given.Pair.Key, StringComparison.Ordinal);
        LoadResult result = Given.Load(yaml);
        Assert.Empty(result.Mistakes.Concat(result.Warnings).Select(finding => finding.ToString()));
    }

    [Theory]
    [InlineData("hostnme: a.example")]
    [InlineData("listeners: { mx: { address: '127.0.0.1:1', tls: on, upstream: a } }")]
    [InlineData("listeners: { MX: { address: '127.0.0.1:1', tls: none, upstream: a } }")]
    [InlineData("listeners: { mx: { tls: none, upstream: a } }")]
    [InlineData("drain: { timeout: soon }")]
    [InlineData("defaults: { limits: { connections: 0 } }")]
    [InlineData("metrics: off")]
    [InlineData("upstreams: { a: { destinations: { A: b }, tls: none } }")]
    public async Task WhatTheReaderRefusesTheSchemaRefusesToo(string yaml)
    {
        Assert.NotEmpty(Given.Load(yaml).Mistakes);
        Assert.NotEmpty(await ValidateAsync(yaml));
    }

    [Theory]
    [InlineData("metrics: disabled")]
    [InlineData("metrics: { address: '127.0.0.1:1' }")]
    [InlineData("reportOnly: [required, alpn]")]
    [InlineData("upstreams: { a: { destinations: 'b:1', tls: none, health: {}, limits: { commandLine: 8KiB } } }")]
    [InlineData("upstreams: { a: { destinations: { b: 'b:1' }, tls: none } }")]
    public async Task ShorthandsAreValid(string yaml) => Assert.Empty(await ValidateAsync(yaml));

    internal static async Task<ICollection<ValidationError>> ValidateAsync(string yaml)
    {
        NJsonSchema.JsonSchema schema = await NJsonSchema.JsonSchema.FromJsonAsync(JsonSchema.Create().ToJsonString(), TestContext.Current.CancellationToken);
        return schema.Validate(ToJson(YamlSource.FromText(yaml, "example").Root!));
    }

    static JToken ToJson(ConfigNode node) => node switch
    {
        ConfigNode.Map map => new JObject(map.Entries.Select(entry => new JProperty(entry.Key, ToJson(entry.Value)))),
        ConfigNode.List list => new JArray(list.Items.Select(ToJson)),
        ConfigNode.Scalar scalar when long.TryParse(scalar.Text, out long number) => new JValue(number),
        ConfigNode.Scalar scalar => new JValue(scalar.Text),
        _ => throw new InvalidOperationException(),
    };
}
