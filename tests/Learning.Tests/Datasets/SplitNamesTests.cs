using MMOrleans.Learning.Datasets;
using Xunit;

namespace MMOrleans.Learning.Tests.Datasets;

public sealed class SplitNamesTests
{
    [Theory]
    [InlineData("train")]
    [InlineData("train.csv")]
    [InlineData("train.tar")]
    [InlineData("train-000000.tar")]
    [InlineData("train_0.tar")]
    [InlineData("train7.tar")]
    [InlineData("train-00000-of-00005-0a1b2c3d.parquet")]
    [InlineData("train (1).tar")]
    public void FileWithNumbersBehindTheNameIsOfTheSplit(string name) =>
        Assert.True(SplitNames.Names(name, "train"));

    [Theory]
    [InlineData("train_mini-000000.tar")]
    [InlineData("train-val-000000.tar")]
    [InlineData("train_holdout.parquet")]
    [InlineData("training-0.tar")]
    [InlineData("trainer")]
    [InlineData("my-train-0.tar")]
    public void FileOfALongerNameIsOfAnotherSplit(string name) =>
        Assert.False(SplitNames.Names(name, "train"));
}
