using System.Text.RegularExpressions;

namespace SmtpTlsProxy.Configuration;

/// <summary>What the README tells people to write is right as it stands there.</summary>
public partial class ReadmeRecipesTest
{
    public static TheoryData<string> Recipes => [.. YamlBlock().Matches(Readme()).Select(block => block.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void ARecipeOfTheReadmeHasNoMistake(string yaml)
    {
        string onThisMachine = yaml.Replace("/etc/ssl/mail/tls.crt", Given.Pair.Cert, StringComparison.Ordinal).Replace("/etc/ssl/mail/tls.key", Given.Pair.Key, StringComparison.Ordinal);
        LoadResult loaded = Given.Load(onThisMachine);
        Assert.Empty(loaded.Mistakes);
        Assert.NotNull(loaded.Configuration);
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task ARecipeOfTheReadmeIsValidByTheSchema(string yaml) => Assert.Empty(await SchemaTests.ValidateAsync(yaml));

    [Fact]
    public void TheReadmeHasARecipeForEachDirection() => Assert.True(Recipes.Count >= 2);

    [Fact]
    public void TheIngressRecipeWithoutItsIdentityLineIsRefused()
    {
        string ingress = YamlBlock().Match(Readme()).Groups[1].Value;
        Assert.Contains("identity: xclient", ingress, StringComparison.Ordinal);
        LoadResult loaded = Given.Load(IdentityLine().Replace(ingress, ""));
        Assert.Contains(loaded.Mistakes, mistake => mistake.Path == "upstreams.postfix.identity");
    }

    static string Readme()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SmtpTlsProxy.sln")))
            folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder!.FullName, "README.md"));
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex("^ *identity: xclient.*\n", RegexOptions.Multiline)]
    private static partial Regex IdentityLine();
}
